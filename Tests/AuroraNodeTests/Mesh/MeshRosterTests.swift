import AuroraAPI
import AuroraModel
import Testing

@testable import AuroraInference
@testable import AuroraMesh
@testable import AuroraNode

@Suite("The nodes of the mesh")
struct MeshRosterTests {
    private let now = ContinuousClock.now

    private func peer(_ name: String, role: NodeRole = .gpu, isUp: Bool = true, isDraining: Bool = false, reason: String? = nil) -> PeerView
    {
        PeerView(
            report: NodeReport(
                node: name, role: role, mesh: "m", version: "9", gatewayPort: 1, uptimeSeconds: 60, isDraining: isDraining, workers: [],
                gpus: [GPUReport(name: "g", vendor: "nvidia", memoryBytes: 8)]),
            gateway: "http://h", isUp: isUp, reason: reason, token: nil, linkSeconds: 0.0315, heard: now - .seconds(90))
    }

    private func roster(
        listed: [NodeSpec] = [], peers: [PeerView] = [], watched: [String: PeerStatus] = [:], drained: Set<String> = [],
        workers: [MeshWorker] = []
    ) -> [MeshNode] {
        MeshRoster(
            thisNode: NodeSpec(name: "me", role: .lead), version: "1", uptime: .seconds(5), gpus: [], listed: listed, peers: peers,
            watched: watched, drained: drained, workers: workers, now: now
        ).nodes()
    }

    @Test func beginWithTheOneThatAnswersAndThoseOfTheManifest() {
        let listed = [NodeSpec(name: "z", role: .gpu), NodeSpec(name: "me", role: .lead), NodeSpec(name: "a", role: .workstation)]
        let nodes = roster(listed: listed, peers: [peer("a", role: .workstation), peer("guest")])
        #expect(nodes.map(\.name) == ["me", "z", "a", "guest"])
        #expect(nodes.map(\.status) == [.online, .offline, .online, .online])
        #expect(nodes[0].linkMs == 0)
        #expect(nodes[0].uptimeSeconds == 5)
        #expect(nodes[2].linkMs == 31.5)
        #expect(nodes[2].ageSeconds == 90)
        #expect(nodes[2].gpus.map(\.name) == ["g"])
    }

    @Test func thatWereNeverHeardSayWhatIsKnownOfThem() {
        let status = PeerStatus(node: "z", role: .gpu, state: .down, way: .direct, reason: "connection refused")
        let listed = [NodeSpec(name: "z", role: .gpu), NodeSpec(name: "y", role: .gpu)]
        let nodes = roster(listed: listed, watched: ["z": status])
        #expect(nodes.dropFirst().map(\.reason) == ["connection refused", "not heard of since this node started"])
        #expect(nodes.dropFirst().allSatisfy { $0.ageSeconds == nil && $0.version == nil })
    }

    @Test func thatSleepAreNoFaultWhereTheyAreLaptops() {
        let nodes = roster(
            listed: [NodeSpec(name: "book", role: .laptop), NodeSpec(name: "desk", role: .workstation)],
            peers: [peer("desk", role: .workstation, isUp: false, reason: "no answer")])
        #expect(nodes.dropFirst().map(\.status) == [.asleep, .offline])
        #expect(nodes.last?.reason == "no answer")
    }

    @Test(arguments: [true, false]) func sayWhoDrainedThem(here: Bool) {
        let node = roster(peers: [peer("desk", isDraining: !here)], drained: here ? ["desk"] : [])[1]
        #expect(node.status == .draining)
        #expect(node.drainedHere == here)
        #expect(node.reason == (here ? "drained here: it gets no new requests from this node" : "it says that it is drained"))
    }

    @Test func areOfflineRatherThanDraining() {
        #expect(roster(peers: [peer("desk", isUp: false, isDraining: true)], drained: ["desk"])[1].status == .offline)
    }

    @Test func countTheWorkOfTheirWorkers() {
        let workers = [
            MeshWorker(name: "a", node: "me", kind: .ollama, status: "up", inFlight: 2, outside: 1, waiting: 4),
            MeshWorker(name: "b", node: "me", kind: .ollama, status: "up", inFlight: 1),
            MeshWorker(name: "x/a", node: "x", kind: .ollama, status: "up", inFlight: 7),
        ]
        let node = roster(workers: workers)[0]
        #expect(node.workers == ["a", "b"])
        #expect(node.inFlight == 4)
        #expect(node.waiting == 4)
    }

    @Test func addUpToTheNumbersOfTheMesh() {
        let nodes = roster(
            listed: [NodeSpec(name: "book", role: .laptop)],
            peers: [peer("desk", isDraining: true), peer("gone", isUp: false), peer("book", role: .laptop, isUp: false)])
        let status = MeshStatus(
            MeshView(
                mesh: "m", node: "me", nodes: nodes, workers: [], models: [], line: MeshLine(running: 3, waiting: 2),
                tasks: MeshTasks(queued: 1, active: 2, completed: 3, failed: 4), lastDecision: nil))
        #expect(status.totalNodes == 4)
        #expect(status.onlineNodes == 2)
        #expect(status.totalGpus == 1)
        #expect(status.totalVram == 8)
        #expect([status.queuedTasks, status.activeTasks, status.completedTasks, status.failedTasks] == [1, 2, 3, 4])
        #expect([status.inFlight, status.waiting] == [3, 2])
        #expect(status.nodes["book"]?.status == .asleep)
    }

    @Test func surviveGPUsThatTellNonsense() {
        var node = MeshNode(name: "a", role: .gpu, status: .online)
        node.gpus = [.max, -5, nil, .max].map { GPUReport(name: "g", vendor: "v", memoryBytes: $0, memoryUsedBytes: $0) }
        let view = MeshView(
            mesh: "m", node: "a", nodes: [node, node], workers: [], models: [], line: MeshLine(running: 0, waiting: 0), tasks: MeshTasks(),
            lastDecision: nil)
        #expect(MeshStatus(view).totalGpus == 8)
        #expect(MeshStatus(view).totalVram == 0)
    }
}
