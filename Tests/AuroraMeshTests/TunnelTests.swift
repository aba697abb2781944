import AuroraHTTP
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraMesh

@Suite("A node that joins by dialling out", .timeLimit(.minutes(1)))
struct TunnelTests {
    private static let token = "0123456789abcdef"
    private static let soon = BackOff(first: .milliseconds(10), limit: .milliseconds(60))

    private func join(_ url: String, token: String? = nil) throws -> JoinTarget {
        try JoinTarget(url: url, token: token.map { Secret($0) })
    }

    /// A pod whose own servers are at `url`.
    private func dialer(
        _ coordinator: String, name: String = "pod", mesh: String = "home", url: String, token: String? = nil,
        pace: TunnelPace = TunnelPace(),
        backOff: BackOff = soon
    ) throws -> TunnelDialer {
        try TunnelDialer(
            join(coordinator, token: token), me: NodeIdentity(name: name, role: .gpu, mesh: mesh), gateway: url, api: url,
            group: MeshNode.group, pace: pace, backOff: backOff, clock: ContinuousClock(), logger: MeshNode.logger)
    }

    /// A coordinator and a pod that has joined it.
    private func joined(_ work: WorkRoutes = WorkRoutes(), _ body: @Sendable (_ lead: MeshNode, _ gateway: String) async throws -> Void)
        async throws
    {
        try await MeshNode.with("lead", role: .lead) { lead in
            let pod = MeshNode.Setup(joins: [try join(lead.url)])
            try await MeshNode.with("pod", pod, routes: work.add) { _ in
                #expect(await lead.hears("pod"))
                try await body(lead, try #require(lead.sink["pod"]).gateway)
            }
        }
    }

    @Test func isAPeerWhoseServersAreReachedThroughItsTunnel() async throws {
        try await joined { lead, gateway in
            #expect(gateway.hasPrefix("http+unix://"))
            let reply = try await lead.http.call(HTTPCall(.get, gateway + "/errand/name?you"))
            #expect(String(buffer: try await reply.collect(upTo: 1000)) == "hello you")
            #expect(lead.mesh.board["pod"]?.way == .tunnel)
            let overview = try await lead.ask("/api/mesh/peers").body
            #expect(overview.contains("\"way\":\"tunnel\""))
        }
    }

    @Test func carriesAHundredMegabytesEachWayAtOnce() async throws {
        let blocks = 1600
        try await joined { lead, gateway in
            async let up: String = {
                var body = ByteBuffer()
                body.reserveCapacity(blocks * WorkRoutes.block.readableBytes)
                for _ in 0..<blocks { body.writeImmutableBuffer(WorkRoutes.block) }
                let reply = try await lead.http.call(HTTPCall(.post, gateway + "/errand/count", body: body, headTimeout: .seconds(50)))
                return String(buffer: try await reply.collect(upTo: 1000))
            }()
            var check = PatternCheck(WorkRoutes.block)
            let reply = try await lead.http.call(HTTPCall(.get, gateway + "/errand/blocks/\(blocks)"))
            for try await piece in reply.body { check.take(piece) }
            #expect(check.isRight)
            #expect(check.count == blocks * WorkRoutes.block.readableBytes)
            #expect(try await up == "\(check.count) true")
        }
    }

    @Test func twoHundredRequestsAtOnceAllGetTheirAnswer() async throws {
        try await joined { lead, gateway in
            let answers = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        let reply = try await lead.http.call(HTTPCall(.get, gateway + "/errand/blocks/8", headTimeout: .seconds(30)))
                        return try await reply.collect(upTo: 1 << 20).readableBytes
                    }
                }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(answers.count == 200)
            #expect(answers.allSatisfy { $0 == 8 * WorkRoutes.block.readableBytes })
        }
    }

    @Test func aCallerThatLeavesEndsTheWorkAtTheOtherEnd() async throws {
        let work = WorkRoutes()
        try await joined(work) { lead, gateway in
            for _ in 0..<5 {
                let reply = try await lead.http.call(HTTPCall(.get, gateway + "/errand/endless"))
                var bytes = 0
                for try await piece in reply.body {
                    bytes += piece.readableBytes
                    if bytes > 1 << 20 { break }
                }
            }
            #expect(work.begun.now == 5)
            #expect(await eventually { work.cut.now == 5 })
        }
    }

    @Test func aReaderThatPausesStopsTheSender() async throws {
        let work = WorkRoutes()
        try await joined(work) { lead, gateway in
            // A raw caller that reads nothing: the answer has no end, so it can only be held back.
            let socket = try #require(URLComponents(string: gateway)?.encodedHost?.removingPercentEncoding)
            let caller = try await QuietCaller.connect(path: socket, request: "GET /errand/endless HTTP/1.1\r\nHost: localhost\r\n\r\n")
            #expect(await eventually { work.begun.now == 1 })
            // Others are served meanwhile.
            let reply = try await lead.http.call(HTTPCall(.get, gateway + "/errand/blocks/100"))
            #expect(try await reply.collect(upTo: 1 << 24).readableBytes == 100 * WorkRoutes.block.readableBytes)
            try await caller.close()
            #expect(await eventually { work.cut.now == 1 })
        }
    }

    @Test func aPodThatIsGoneIsOut() async throws {
        try await MeshNode.with("lead", role: .lead) { lead in
            try await MeshNode.with("pod", .init(joins: [try join(lead.url)])) { _ in
                #expect(await lead.hears("pod"))
            }
            #expect(await lead.misses("pod"))
            #expect(await eventually { lead.mesh.board["pod"] == nil })
        }
    }

    @Test func comesBackWhenTheCoordinatorDoes() async throws {
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        let (url, port) = (socket.url, Int(socket.url.split(separator: ":").last ?? "") ?? 0)
        let dialer = try dialer(url, url: url)
        try await MeshNode.with("pod", .init(dialers: [dialer])) { _ in
            try await MeshNode.with("lead", role: .lead, socket: socket) { lead in
                #expect(await eventually { dialer.status.state == .joined && dialer.status.ready >= 4 })
                #expect(await eventually { lead.mesh.board["pod"] != nil })
            }
            #expect(await eventually { dialer.status.state == .unreachable })
            try await MeshNode.with("lead", role: .lead, socket: .tcp(host: "127.0.0.1", port: port)) { _ in
                #expect(await eventually { dialer.status.state == .joined })
            }
        }
    }

    @Test func aWrongTokenOrMeshOrNameIsRefusedWithTheReason() async throws {
        let scopes = [
            (hash: TokenHash.hash("chat-token-chat-token"), principal: Principal(name: "phone", scopes: [.chat])),
            (hash: TokenHash.hash("mesh-token-mesh-token"), principal: Principal(name: "gpus", scopes: [.mesh])),
        ]
        let setup = MeshNode.Setup(nodeToken: Secret(Self.token), tokens: scopes)
        try await MeshNode.with("lead", role: .lead, setup) { lead in
            let cases: [(TunnelDialer, String)] = [
                (try dialer(lead.url, url: lead.url), "this node asks for a token"),
                (try dialer(lead.url, url: lead.url, token: "fedcba9876543210"), "this token is not known"),
                (try dialer(lead.url, url: lead.url, token: "chat-token-chat-token"), "the token 'phone' does not have the scope 'mesh'"),
                (
                    try dialer(lead.url, mesh: "work", url: lead.url, token: Self.token),
                    "this is the mesh 'home', and 'pod' belongs to 'work'"
                ),
                (try dialer(lead.url, name: "lead", url: lead.url, token: Self.token), "this node is called 'lead' itself"),
                (try dialer(lead.url + "/elsewhere", url: lead.url, token: Self.token), "there is nothing at '/elsewhere/api/mesh/tunnel'"),
            ]
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for (dialer, _) in cases { tasks.addTask { try await dialer.run() } }
                for (dialer, reason) in cases {
                    #expect(await eventually { dialer.status.reason == reason }, "\(dialer.status)")
                    #expect(dialer.status.state == .refused)
                }
                let right = try dialer(lead.url, url: lead.url, token: "mesh-token-mesh-token")
                tasks.addTask { try await right.run() }
                #expect(await eventually { right.status.state == .joined })
                tasks.cancelAll()
            }
        }
    }

    @Test func aSecondMachineOfTheSameNameIsRefusedWhileTheFirstIsThere() async throws {
        try await MeshNode.with("lead", role: .lead) { lead in
            let second = try dialer(lead.url, url: lead.url)
            try await MeshNode.with("pod", .init(joins: [try join(lead.url)])) { _ in
                #expect(await lead.hears("pod"))
                await withThrowingTaskGroup(of: Void.self) { tasks in
                    tasks.addTask { try await second.run() }
                    #expect(await eventually { second.status.reason == "another machine has joined as 'pod'" })
                    tasks.cancelAll()
                }
            }
            #expect(await eventually { lead.mesh.board["pod"] == nil })
            let third = try dialer(lead.url, url: lead.url)
            await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await third.run() }
                #expect(await eventually { third.status.state == .joined })
                tasks.cancelAll()
            }
        }
    }

    @Test func deadPipesAreFoundByTheirPingsAndReplaced() async throws {
        let pace = TunnelPace(silence: .milliseconds(150))
        try await MeshNode.with("lead", role: .lead) { lead in
            // The coordinator's pings come every 10 s, so to this pod each pipe looks dead soon.
            let dialer = try dialer(lead.url, url: lead.url, pace: pace, backOff: BackOff(first: .milliseconds(600)))
            await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await dialer.run() }
                #expect(await eventually { dialer.status.state == .joined })
                #expect(await eventually { dialer.status.state == .unreachable })
                #expect(await eventually { dialer.status.state == .joined })
                tasks.cancelAll()
            }
        }
    }

    @Test func aCoordinatorThatSpeaksNoHTTPIsUnreachable() async throws {
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        close(socket.descriptor)
        let dialer = try dialer(socket.url, url: socket.url)
        await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await dialer.run() }
            #expect(await eventually { dialer.status.reason == "connection refused" })
            tasks.cancelAll()
        }
    }

    @Test func whoeverAsksForATunnelWithoutUpgradeIsToldSo() async throws {
        try await MeshNode.with("lead", role: .lead) { lead in
            #expect(try await lead.ask("/api/mesh/tunnel").body.contains("this path takes tunnels of other nodes only"))
            var headers = HTTPFields()
            for (name, value) in TunnelHello(node: "pod", mesh: "home", role: .gpu, instance: "1").headers {
                if let name = HTTPField.Name(name) { headers[name] = value }
            }
            let reply = try await lead.http.call(HTTPCall(.get, lead.url + "/api/mesh/tunnel", headers: headers))
            #expect(reply.status == 400)
            #expect(String(buffer: try await reply.collect(upTo: 4096)).contains("does not ask for 'aurora-tunnel'"))
        }
    }
}
