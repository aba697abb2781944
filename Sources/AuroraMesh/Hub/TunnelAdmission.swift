import AuroraModel

/// Whether a node may join. Pure.
struct TunnelAdmission {
    /// Twice what a node opens by itself: some of its pipes may be closed at its end and not yet at this one.
    static let pipeLimit = 512
    static let nodeLimit = 256

    let me: NodeIdentity
    /// What is known of the node now.
    let status: PeerStatus?
    /// The start of the node whose pipes are open; nil when there are none.
    let joined: String?
    /// Its pipes that are open.
    let pipes: Int
    /// How many nodes have joined.
    let nodes: Int

    /// The reason for a refusal, or nil.
    func refusal(of hello: TunnelHello) -> AuroraError? {
        if hello.mesh != me.mesh {
            return AuroraError(
                .conflict, "this is the mesh '\(me.mesh)', and '\(hello.node)' belongs to '\(hello.mesh)'",
                hint: "write 'mesh: \(me.mesh)' into its aurora.yml")
        }
        if hello.node == me.name {
            return AuroraError(
                .conflict, "this node is called '\(me.name)' itself", hint: "start the other one with AURORA_NODE=another-name")
        }
        if pipes >= Self.pipeLimit {
            return AuroraError(.overloaded, "the node '\(hello.node)' has \(pipes) connections here, and more are not taken")
        }
        if joined == nil, nodes >= Self.nodeLimit {
            return AuroraError(.overloaded, "\(nodes) nodes have joined this one, and more are not taken", hint: "join another node")
        }
        guard status?.state == .up, joined != hello.instance else { return nil }
        switch status?.way {
        case .tunnel where joined != nil:
            return AuroraError(
                .conflict, "another machine has joined as '\(hello.node)'", hint: "start one of them with AURORA_NODE=another-name")
        case .direct:
            return AuroraError(
                .conflict, "the node '\(hello.node)' is reached without a tunnel already",
                hint: "leave out --join there, or give this machine another name with AURORA_NODE")
        default: return nil
        }
    }
}
