import AuroraTestSupport
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import AuroraLive

struct PortOwnerTests {
    @Test func namesThisProcessAsHolderOfItsPort() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let holder = try #require(PortOwner.of(port: port))
        #expect(holder.pid == getpid())
        #expect(holder.user == NSUserName())
        #expect(holder.command?.isEmpty == false)
        #if os(Linux)
        #expect(try #require(holder.startedAt).timeIntervalSinceNow < 1)
        #endif
        try await server.close()
        // A child that is just being started elsewhere may hold a copy of the socket for a moment.
        #expect(await eventually { PortOwner.of(port: port) == nil })
    }

    /// More than a page of the kernel's table, of which the holder is not on the first.
    @Test func findsAPortAmongHundreds() async throws {
        let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        var servers: [any Channel] = []
        for _ in 0..<100 { servers.append(try await bootstrap.bind(host: "127.0.0.1", port: 0).get()) }
        for server in servers { #expect(PortOwner.of(port: server.localAddress?.port ?? 0)?.pid == getpid()) }
        for server in servers { try await server.close() }
    }

    @Test func freePortIsHeldByNobody() throws {
        let port = try FreePort.find()
        #expect((1...65535).contains(port))
        #expect(PortOwner.of(port: port) == nil)
    }

    @Test(arguments: [-1, 0, 65536, .max, .min]) func numbersThatAreNoPortsHaveNoHolder(port: Int) {
        #expect(PortOwner.of(port: port) == nil)
    }

    @Test func describesWhatIsKnown() {
        let nginx = PortHolder(pid: 812, name: "nginx", command: "nginx: master process", user: "www-data")
        #expect("\(nginx)" == "nginx (pid 812, user www-data): nginx: master process")
        #expect("\(PortHolder(user: "postgres"))" == "unknown owner (user postgres)")
        #expect("\(PortHolder())" == "unknown owner")
    }
}

struct SocketTableTests {
    private let text = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F41 00000000:0000 0A 00000000:00000000 00:00000000 00000000    33        0 7350 1 0000000000000000 100 0 0 10 0
           1: 0100007F:1F41 0100007F:C1B2 01 00000000:00000000 00:00000000 00000000    33        0 7351 1 0000000000000000 20 4 30 10 -1
        """

    @Test func findsListeningSocketsOnly() {
        #expect(SocketTable.listening(in: text) == [ListeningSocket(port: 8001, uid: 33, inode: 7350)])
    }

    @Test func readsSixByteAddresses() {
        let line =
            "   0: 00000000000000000000000001000000:1F43 00000000000000000000000000000000:0000 0A 0:0 00:0 0  1000        0 9 1 0 100 0 0 10 0"
        #expect(SocketTable.listening(in: line) == [ListeningSocket(port: 8003, uid: 1000, inode: 9)])
    }

    @Test(
        arguments: [
            "", "\n\n", "sl", "0: : : 0A", "0: 0100007F:ZZZZ x 0A a b c 1 d 2", "0: 0100007F:FFFFF x 0A a b c 1 d 2",
            "0: 0100007F:1F41 x 0A a b c -1 d 2", "0: 0100007F1F41 x 0A a b c 1 d 2", "0: a:1F41 x 0A a b c 1 d 99999999999999999999",
        ])
    func skipsWhatMakesNoSense(text: String) {
        #expect(SocketTable.listening(in: text).isEmpty)
    }
}

struct ShownCommandTests {
    @Test(
        arguments: [
            (["redis-server", "--port", "6379"], "redis-server --port 6379"),
            (["app", "--password", "hunter2", "x"], "app --password *** x"),
            (["app", "--api-key=abc"], "app --api-key=***"),
            (["app", "DB_PASSWORD=abc"], "app DB_PASSWORD=***"),
            (["app", "postgresql://bob:hunter2@db:5432/aurora?x=1"], "app postgresql://bob:***@db:5432/aurora?x=1"),
            (["app", "http://host:80/a@b:c"], "app http://host:80/a@b:c"),
            (["a\nb", "--token"], "a b --token"),
            ([], ""),
        ])
    func hidesWhatLooksLikeASecret(arguments: [String], shown: String) {
        #expect(ShownCommand.text(arguments, limit: 200) == shown)
    }

    @Test func isCutAtItsLimit() {
        #expect(ShownCommand.text([String(repeating: "x", count: 500)], limit: 200).count == 201)
    }
}

#if os(Linux)
struct ProcFactsTests {
    @Test func readsNamesWithBlanksAndBrackets() throws {
        let line = "42 (my (odd) name) S 1 42 42 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 777 1000 5"
        let facts = try #require(ProcFacts.parse(stat: line))
        #expect(facts.name == "my (odd) name")
        #expect(facts.startTicks == 777)
    }

    @Test(arguments: ["", "42", "42 (x", "42 x)", ") (", "42 (x) S 1 2", "42 (x) S 1 42 42 0 -1 4 1 0 0 0 1 2 0 0 20 0 1 0 no"])
    func refusesWhatMakesNoSense(line: String) {
        #expect(ProcFacts.parse(stat: line) == nil)
    }

    @Test func aUserWithoutANameIsShownByNumber() {
        #expect(ProcFacts.userName(3_999_999_999) == "3999999999")
        #expect(ProcFacts.userName(0) == "root")
    }
}
#endif
