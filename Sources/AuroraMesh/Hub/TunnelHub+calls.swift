import AuroraModel
import Logging
import NIOCore
import Synchronization

/// Local connections find their pipes here, and pipes their connections.
extension TunnelHub {
    /// Of a node's unix socket, once it listens.
    func keep(_ server: any Channel, _ node: String) {
        let isWanted = state.withLock { state in
            guard !state.isStopping else { return false }
            return state.nodes[node]?.servers.append(server) != nil
        }
        if !isWanted { server.close(promise: nil) }
    }

    /// A local connection, on its event loop; nobody reads from it before it has a pipe.
    func arrived(_ call: LocalCall, _ node: String) {
        let decision = state.withLock { state in
            state.isStopping ? .refuse : state.nodes[node]?.arrived(call, limit: pace.waitingLimit) ?? .refuse
        }
        perform(decision, node)
        if case .refuse = decision { call.channel.close(promise: nil) }
        if case .wait = decision {
            _ = call.channel.eventLoop.scheduleTask(in: pace.waiting) { [self] in
                if state.withLock({ $0.nodes[node]?.giveUp(call.id) }) == true { call.channel.close(promise: nil) }
            }
        }
    }

    func perform(_ decision: JoinedNode.Decision?, _ node: String) {
        guard case .lead(let pipe, let call, let waiting) = decision else { return }
        pipe.channel.eventLoop.execute { [self] in
            // It may have died since it was chosen; then the next one.
            guard !pipe.pipe.value.open(call.channel, to: call.port, waiting: waiting) else { return }
            call.channel.eventLoop.execute { self.arrived(call, node) }
        }
    }

    /// A pipe is gone; with its last pipe the node is.
    func closed(_ pipe: HubPipe.Handle, _ hello: TunnelHello) {
        let left = state.withLock { state -> JoinedNode? in
            state.channels[pipe.id] = nil
            guard var node = state.nodes[hello.node], node.hello.instance == hello.instance else { return nil }
            node.remove(pipe: pipe.id)
            state.nodes[hello.node] = node.pipes.isEmpty ? nil : node
            // Before another start of it can join and bind them anew.
            if node.pipes.isEmpty { sockets.remove(hello.node) }
            return node.pipes.isEmpty ? node : nil
        }
        guard let left else { return }
        for channel in left.servers + left.waiting.map(\.channel) { channel.close(promise: nil) }
        logger.log(level: hello.role == .laptop ? .info : .notice, "node left", metadata: ["node": "\(hello.node)"])
    }
}
