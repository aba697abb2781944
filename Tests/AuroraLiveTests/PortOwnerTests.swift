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

#if os(Linux)
struct ProcFactsTests {
    @Test func aUserWithoutANameIsShownByNumber() {
        #expect(ProcFacts.userName(3_999_999_999) == "3999999999")
        #expect(ProcFacts.userName(0) == "root")
    }
}
#endif
