import AuroraHTTP
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import NIOCore
import Synchronization
import Testing

@testable import AuroraMesh

@Suite("Nodes watching one another", .timeLimit(.minutes(1)))
struct PeerWatchTests {
    private static let quick = PeerWatch.Pace(interval: .milliseconds(5), timeout: .milliseconds(150))

    /// Watches one target until the body returns.
    private func watching(
        _ target: PeerTarget, token: Secret? = nil, pace: PeerWatch.Pace = quick,
        _ body: @Sendable (RecordingSink, PeerBoard) async throws -> Void
    ) async throws {
        let (sink, board) = (RecordingSink(), PeerBoard())
        let watch = PeerWatch(
            me: NodeIdentity(name: "lead", role: .lead, mesh: "home"), targets: { [target] }, token: token, sink: sink, board: board,
            http: NodeHTTPClient(pools: try UpstreamPools(group: MeshNode.group)), pace: pace, logger: MeshNode.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await watch.run() }
            try await body(sink, board)
            tasks.cancelAll()
        }
    }

    @Test func threeNodesLearnOfOneAnother() async throws {
        let sockets = try (0..<3).map { _ in try BoundSocket.tcp(host: "127.0.0.1", port: 0) }
        let targets = sockets.enumerated().map { PeerTarget("node\($0.offset)", at: $0.element.url) }
        let setup = MeshNode.Setup(others: targets, nodeToken: Secret("0123456789abcdef"))
        try await MeshNode.with("node0", socket: sockets[0], setup) { first in
            try await MeshNode.with("node1", socket: sockets[1], setup) { second in
                try await MeshNode.with("node2", socket: sockets[2], setup) { third in
                    for (number, node) in [first, second, third].enumerated() {
                        for other in 0..<3 where other != number { #expect(await node.hears("node\(other)")) }
                    }
                    let heard = try #require(first.sink["node1"])
                    #expect(heard.gateway == second.url)
                    #expect(heard.token == Secret("0123456789abcdef"))
                    #expect(heard.report.workers.map(\.name) == ["ollama"])
                    #expect(heard.roundTrip > .zero && heard.roundTrip < .seconds(1))
                    #expect(first.sink["node0"] == nil)
                }
                #expect(await first.misses("node2"))
                #expect(await second.misses("node2"))
                #expect(first.sink["node1"] != nil)
            }
        }
    }

    @Test func aNodeThatFallsSilentIsOutAndBackWhenItAnswersAgain() async throws {
        try await ScriptedPeer.with(.report(MeshNode.report("pod"))) { peer in
            try await watching(PeerTarget("pod", at: peer.url)) { sink, board in
                #expect(await eventually { sink["pod"] != nil })
                peer.say(.silence)
                #expect(await eventually { sink.reason("pod") != nil })
                #expect(sink.reason("pod")?.hasSuffix("within 0.15 seconds") == true)
                #expect(board["pod"]?.state == .down)
                peer.say(.report(MeshNode.report("pod")))
                #expect(await eventually { sink["pod"] != nil })
                #expect(board["pod"]?.state == .up)
            }
        }
    }

    @Test func theUsualPaceHasASilentNodeOutWithinTwoSecondsAndBackWithinOne() {
        let pace = PeerWatch.Pace()
        #expect(pace.interval + pace.timeout * (pace.missesAllowed + 1) < .seconds(2))
        #expect(pace.timeout + pace.interval / 2 < .seconds(1))
    }

    @Test func aNodeThatDoesNotAcceptAnyMoreIsOut() async throws {
        // Bound and listening, and nobody accepts: connections are made by the kernel and never answered.
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        try await watching(PeerTarget("pod", at: socket.url)) { sink, _ in
            #expect(await eventually { sink.reason("pod") != nil })
            #expect(sink["pod"] == nil)
        }
        close(socket.descriptor)
    }

    @Test func aNodeThatWasStoppedIsOutAtOnceAndInAgainWhenItComesBack() async throws {
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        let (url, port) = (socket.url, Int(socket.url.split(separator: ":").last ?? "") ?? 0)
        try await watching(PeerTarget("pod", at: url)) { sink, _ in
            try await MeshNode.with("pod", socket: socket) { _ in
                #expect(await eventually { sink["pod"] != nil })
            }
            #expect(await eventually { sink.reason("pod")?.contains("does not answer") == true })
            try await MeshNode.with("pod", socket: .tcp(host: "127.0.0.1", port: port)) { _ in
                #expect(await eventually { sink["pod"] != nil })
            }
        }
    }

    @Test func oneLateAnswerIsForgiven() {
        var health = PeerHealth(missesAllowed: 1)
        let late = AuroraError(.timedOut, "late")
        #expect(health.answered() == .up)
        #expect(health.failed(late) == .none)
        #expect(health.isDoubtful)
        #expect(health.answered() == .none)
        #expect(health.failed(late) == .none)
        #expect(health.failed(late) == .down("late", isNews: true))
        #expect(health.failed(late) == .none)
        #expect(health.answered() == .up)
        #expect(health.failed(AuroraError(.unavailable, "refused")) == .down("refused", isNews: true))
        #expect(health.failed(late) == .down("late", isNews: false))
        #expect(health.failed(AuroraError(.unauthorized, "token")) == .down("token", isNews: true))
    }

    @Test func whoeverIsNotTheNodeThatWasAskedIsRefusedWithTheReason() async throws {
        let cases: [(NodeReport, String)] = [
            (MeshNode.report("desk"), "what answers calls itself 'desk'"),
            (MeshNode.report("lead"), "what answers calls itself 'lead', the name of this node"),
            (MeshNode.report("pod", mesh: "work"), "it belongs to the mesh 'work', and this node to 'home'"),
            (MeshNode.report("pod", port: 0), "it says that its gateway has port 0"),
            (MeshNode.report("pod", port: 70_000), "it says that its gateway has port 70000"),
        ]
        for (report, reason) in cases {
            try await ScriptedPeer.with(.report(report)) { peer in
                try await watching(PeerTarget("pod", at: peer.url)) { sink, _ in
                    #expect(await eventually { sink.reason("pod") == reason })
                    #expect(sink["pod"] == nil)
                }
            }
        }
    }

    @Test(arguments: ["", "{}", "[]", "null", "{\"node\":7}", "<html>", "{\"node\":\"pod\"", "\u{0}\u{1}"])
    func garbageIsNoReport(text: String) async throws {
        try await ScriptedPeer.with(.bytes(ByteBuffer(string: text), status: 200)) { peer in
            try await watching(PeerTarget("pod", at: peer.url)) { sink, _ in
                #expect(await eventually { sink.reason("pod") == "it answers with something that is no report of a node" })
            }
        }
    }

    @Test(arguments: [
        (401, "it refuses this node's token (401)"), (404, "what answers is no Aurora node that takes part in a mesh (404)"),
        (500, "it answered with status 500"),
    ])
    func refusalsSayWhatToDo(status: Int, reason: String) async throws {
        try await ScriptedPeer.with(.bytes(ByteBuffer(string: "no"), status: status)) { peer in
            try await watching(PeerTarget("pod", at: peer.url)) { sink, _ in
                #expect(await eventually { sink.reason("pod") == reason })
            }
        }
    }

    @Test func aHugeReportIsNotRead() async throws {
        let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 200_000)
        try await ScriptedPeer.with(.bytes(piece, status: 200)) { peer in
            try await watching(PeerTarget("pod", at: peer.url), pace: .init(interval: .milliseconds(5), reportLimit: 100 << 10)) {
                sink, _ in
                #expect(await eventually { sink.reason("pod") == "its report is larger than 100 KB" })
            }
        }
    }

    @Test func anEndlessReportIsCutByItsSizeOrItsTime() async throws {
        try await ScriptedPeer.with(.endless) { peer in
            try await watching(PeerTarget("pod", at: peer.url), pace: .init(interval: .milliseconds(5), reportLimit: 1 << 20)) { sink, _ in
                #expect(await eventually { sink.reason("pod") != nil })
            }
        }
    }

    @Test func theMeshAPIAsksForTheNodeTokenWhereThereIsOne() async throws {
        let token = "0123456789abcdef"
        try await MeshNode.with("pod", MeshNode.Setup(nodeToken: Secret(token))) { node in
            #expect(try await node.ask("/api/mesh/self").status == 401)
            #expect(try await node.ask("/api/mesh/self", token: "fedcba9876543210").status == 401)
            #expect(try await node.ask("/api/mesh/self", token: token).status == 200)
            #expect(try await node.ask("/api/mesh/peers", token: token).body.contains("\"node\":\"pod\""))
            try await watching(PeerTarget("pod", at: node.url), token: Secret("fedcba9876543210")) { sink, _ in
                #expect(await eventually { sink.reason("pod") == "it refuses this node's token (401)" })
            }
            try await watching(PeerTarget("pod", at: node.url), token: Secret(token)) { sink, _ in
                #expect(await eventually { sink["pod"] != nil })
            }
        }
    }

    @Test func aNodeThatIsNoTargetAnyMoreIsGone() async throws {
        let targets = Mutex<[PeerTarget]>([])
        let sink = RecordingSink()
        try await ScriptedPeer.with(.report(MeshNode.report("pod"))) { peer in
            targets.withLock { $0 = [PeerTarget("pod", at: peer.url)] }
            let watch = PeerWatch(
                me: NodeIdentity(name: "lead", role: .lead, mesh: "home"), targets: { targets.withLock { $0 } }, token: nil, sink: sink,
                board: PeerBoard(), http: NodeHTTPClient(pools: try UpstreamPools(group: MeshNode.group)), pace: Self.quick,
                logger: MeshNode.logger)
            await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await watch.run() }
                #expect(await eventually { sink["pod"] != nil })
                targets.withLock { $0 = [] }
                #expect(await eventually { sink.reason("pod") == "it is not asked any more" })
                targets.withLock { $0 = [PeerTarget("pod", at: peer.url)] }
                #expect(await eventually { sink["pod"] != nil })
                tasks.cancelAll()
            }
        }
    }
}
