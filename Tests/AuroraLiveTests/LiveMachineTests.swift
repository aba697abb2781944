import AuroraAdopt
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AuroraLive

@Suite("Looking at this machine")
struct LiveMachineTests {
    private let machine = LiveMachine(environment: ProcessInfo.processInfo.environment, http: CurlHTTP())

    private func program(_ name: String, _ text: String, in scratch: Scratch) throws -> String {
        try scratch.write("#!/bin/sh\n\(text)\n", to: name)
        let path = "\(scratch.path)/\(name)"
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    @Test func filesAndFoldersAreRead() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write("0123456789", to: "b")
        try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/a", withDestinationPath: "somewhere else")
        #expect(try machine.read("\(scratch.path)/b", limit: 4) == Array("0123".utf8))
        #expect(try machine.text("\(scratch.path)/b") == "0123456789")
        #expect(try machine.list(scratch.path) == ["a", "b"])
        #expect(machine.linkTarget("\(scratch.path)/a") == "somewhere else")
        #expect(machine.linkTarget("\(scratch.path)/b") == nil)
        #expect(machine.isFolder(scratch.path) && !machine.isFolder("\(scratch.path)/b"))
    }

    @Test func whatIsNotThereIsNoError() throws {
        #expect(try machine.read("/no/such/file", limit: 9) == nil)
        #expect(try machine.list("/no/such/folder") == nil)
        #expect(try machine.list("/etc/passwd") == nil)
        #expect(try machine.read("/etc/passwd/x", limit: 9) == nil)
    }

    @Test func pipesAndFoldersAreNoFilesAndHoldNobodyUp() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        #expect(mkfifo("\(scratch.path)/pipe", 0o600) == 0)
        for path in ["\(scratch.path)/pipe", scratch.path, "/dev/zero"] {
            #expect(throws: AuroraError(.failed, "cannot read '\(path)': it is no file")) { try machine.read(path, limit: 9) }
        }
    }

    @Test(.enabled(if: getuid() != 0, "root may see everything")) func whatMayNotBeSeenIsToldApart() {
        #expect { try machine.list("/proc/1/fd") } throws: { ($0 as? AuroraError)?.code == .forbidden }
    }

    @Test func outputAndErrorsOfAProgramAreKeptApart() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let good = try program("good", "echo \"data $1 $WORD\"; echo noise >&2", in: scratch)
        let end = try #require(try await machine.run(good, ["x"], environment: ["WORD": "y"], limit: .seconds(60)))
        #expect(end.output == "data x y\n")
        #expect(end.exitCode == 0)
        let bad = try program("bad", "echo part; echo why >&2; exit 3", in: scratch)
        let failed = try #require(try await machine.run(bad, [], environment: [:], limit: .seconds(60)))
        #expect(failed == CommandEnd(exitCode: 3, sentence: "ended with exit code 3", output: "part\nwhy\n"))
    }

    /// More than a pipe holds.
    @Test func longOutputsComeWhole() async throws {
        let end = try await machine.run("seq", ["1", "100000"], environment: [:], limit: .seconds(60))
        #expect(end?.output.utf8.count == 588_895)
    }

    @Test func aProgramThatIsNotThereIsNoError() async throws {
        #expect(try await machine.run("no-such-program", [], environment: [:], limit: .seconds(1)) == nil)
        #expect(try await machine.run("/no/such/program", [], environment: [:], limit: .seconds(1)) == nil)
        #expect(try await machine.run("bin/../sh", [], environment: [:], limit: .seconds(1)) == nil)
    }

    @Test func aProgramThatHangsIsGoneAfterItsTime() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let path = try program("hang", "trap '' TERM; echo $$ > \(scratch.path)/pid; while :; do sleep 1; done", in: scratch)
        await #expect {
            _ = try await machine.run(path, [], environment: [:], limit: .milliseconds(500))
        } throws: {
            ($0 as? AuroraError)?.code == .timedOut
        }
        let pid = Int32(scratch.text("pid")?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "") ?? 0
        #expect(pid == 0 || kill(pid, 0) == -1)
    }

    @Test func aPortIsAsked() async throws {
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(PongHandler()) }
            }.bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let ping = Array("PING\r\n".utf8)
        let answer = await machine.exchange(
            port: port, host: "localhost", send: ping, limit: 100, timeout: .seconds(30), until: { $0.last == UInt8(ascii: "\n") })
        #expect(answer == Array("+PONG\r\n".utf8))
        let short = await machine.exchange(
            port: port, host: "127.0.0.1", send: ping, limit: 3, timeout: .seconds(30), until: { _ in false })
        #expect(short == Array("+PO".utf8))
        // It keeps the line open and says nothing.
        let silent = await machine.exchange(
            port: port, host: "127.0.0.1", send: [], limit: 3, timeout: .milliseconds(100), until: { _ in false })
        #expect(silent == nil)
        try await server.close()
    }

    @Test(arguments: [("127.0.0.1", 0), ("127.0.0.1", 70_000), ("192.0.2.1", 80), ("example.com", 80), ("127.x", 80), ("", 1)])
    func onlyPortsOfLoopbackAreAsked(host: String, port: Int) async {
        #expect(await machine.exchange(port: port, host: host, send: [], limit: 9, timeout: .seconds(9), until: { _ in true }) == nil)
    }

    @Test func aPortThatNobodyHoldsDoesNotAnswer() async throws {
        let port = try FreePort.find()
        #expect(
            await machine.exchange(port: port, host: "127.0.0.1", send: [1], limit: 9, timeout: .seconds(9), until: { _ in false }) == nil)
        #expect(await machine.get("http://127.0.0.1:\(port)/", timeout: .seconds(9)) == nil)
    }

    #if os(Linux)
    @Test func aServerIsFoundWithItsPortAndItsCommandLine() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let port = try FreePort.find()
        let child = StartedChild()
        let spec = ProcessSpec(
            executable: "python3", arguments: ["-m", "http.server", "\(port)", "--bind", "127.0.0.1", "--directory", scratch.path],
            environment: ["PATH": "/usr/local/bin:/usr/bin:/bin"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await ChildProcess.run(spec, grace: .seconds(1), started: { child.pid = $0 }, output: { _ in })
            }
            #expect(await eventually { PortOwner.of(port: port) != nil })
            let page = await machine.get("http://127.0.0.1:\(port)/", timeout: .seconds(30))
            #expect(page?.status == 200)
            let clock = ContinuousClock()
            let start = clock.now
            let facts = await SystemSurvey.take(machine, environment: ProcessInfo.processInfo.environment)
            #expect(clock.now - start < .seconds(10))
            let listener = try #require(facts.listeners.first { $0.port == port })
            #expect(listener.address == "127.0.0.1")
            let owner = try #require(listener.owner)
            #expect(owner.pid == child.pid)
            #expect(owner.arguments.dropFirst() == spec.arguments[...])
            #expect(owner.parent == getpid())
            #expect(owner.user == NSUserName())
            #expect(abs(try #require(owner.startedAt).timeIntervalSinceNow) < 120)
            #expect(facts.host.name == ProcessInfo.processInfo.hostName)
            #expect(facts.host.kernel != nil && facts.host.architecture != nil)
            #expect(facts.disks.contains { $0.mountPoint == "/" && ($0.sizeBytes ?? 0) > 0 })
            #expect((facts.host.memoryBytes ?? 0) > 0 && (facts.host.cores ?? 0) > 0)
            #expect(facts.network.interfaces.contains { $0.name == "lo" })
            group.cancelAll()
        }
    }
    #endif
}

/// Answers whatever comes.
private final class PongHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "+PONG\r\n")), promise: nil)
    }
}

private final class StartedChild: Sendable {
    private let stored = Mutex<Int32>(0)

    var pid: Int32 {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
