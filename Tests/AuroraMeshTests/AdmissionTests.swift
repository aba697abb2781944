import AuroraModel
import Testing

@testable import AuroraMesh

@Suite struct AdmissionTests {
    private func refusal(
        state: PeerStatus.State? = nil, way: PeerStatus.Way = .tunnel, joined: String? = nil, pipes: Int = 0, nodes: Int = 0,
        node: String = "pod", mesh: String = "home"
    ) -> String? {
        let status = state.map { PeerStatus(node: node, role: .gpu, state: $0, way: way) }
        let admission = TunnelAdmission(
            me: NodeIdentity(name: "lead", role: .lead, mesh: "home"), status: status, joined: joined, pipes: pipes, nodes: nodes)
        return admission.refusal(of: TunnelHello(node: node, mesh: mesh, role: .gpu, instance: "new"))?.message
    }

    @Test func aNodeThatNobodyHasHeardOfMayJoin() { #expect(refusal() == nil) }

    @Test func itsFurtherPipesMayToo() { #expect(refusal(state: .up, joined: "new", pipes: 30, nodes: 1) == nil) }

    @Test func anotherStartOfItMayOnceTheFirstIsSilent() {
        #expect(refusal(state: .down, joined: "old") == nil)
        #expect(refusal(state: .unknown, joined: "old") == nil)
        #expect(refusal(state: .up, joined: "old") == "another machine has joined as 'pod'")
    }

    @Test func aNodeThatIsReachedDirectlyNeedsNoTunnel() {
        #expect(refusal(state: .up, way: .direct) == "the node 'pod' is reached without a tunnel already")
        #expect(refusal(state: .down, way: .direct) == nil)
    }

    @Test func otherMeshesAndTheNamesakeOfTheCoordinatorMayNot() {
        #expect(refusal(mesh: "work") == "this is the mesh 'home', and 'pod' belongs to 'work'")
        #expect(refusal(node: "lead") == "this node is called 'lead' itself")
    }

    @Test func numbersHaveLimits() {
        #expect(refusal(state: .up, joined: "new", pipes: 512) == "the node 'pod' has 512 connections here, and more are not taken")
        #expect(refusal(nodes: 256) == "256 nodes have joined this one, and more are not taken")
        #expect(refusal(joined: "new", nodes: 256) == nil)
    }

    @Test(arguments: ["", "UPPER", "a b", "../../etc", "a\r\nX: y", String(repeating: "a", count: 64)])
    func namesThatAreNoNamesAreRefused(name: String) {
        #expect(throws: AuroraError.self) {
            try TunnelHello { ["x-aurora-node": name, "x-aurora-mesh": "home", "x-aurora-instance": "1"][$0] }
        }
    }

    @Test func aHelloReadsBackAsItWasWritten() throws {
        let hello = TunnelHello(node: "pod", mesh: "home", role: .laptop, instance: "ab12")
        let headers = Dictionary(uniqueKeysWithValues: hello.headers.map { ($0.name.lowercased(), $0.value) })
        #expect(try TunnelHello { headers[$0] } == hello)
    }
}
