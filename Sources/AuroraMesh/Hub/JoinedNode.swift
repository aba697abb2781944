import AuroraHTTP
import NIOCore

/// A local connection that is to be led to a joined node.
struct LocalCall: Sendable {
    let channel: any Channel
    let port: TunnelPort

    var id: ObjectIdentifier { ObjectIdentifier(channel) }
}

/// The pipes of one joined node and who waits for them. A value: what it decides is done by `TunnelHub`.
struct JoinedNode {
    enum Decision {
        case lead(HubPipe.Handle, LocalCall, waiting: Int)
        case wait
        case refuse
    }

    var hello: TunnelHello
    var servers: [any Channel] = []
    private(set) var pipes: Set<ObjectIdentifier> = []
    private(set) var ready: [HubPipe.Handle] = []
    private(set) var waiting: [LocalCall] = []

    init(hello: TunnelHello) { self.hello = hello }

    /// A new pipe is ready: it goes to whoever has waited longest.
    mutating func add(_ pipe: HubPipe.Handle) -> Decision? {
        pipes.insert(pipe.id)
        guard !waiting.isEmpty else {
            ready.append(pipe)
            return nil
        }
        let call = waiting.removeFirst()
        return .lead(pipe, call, waiting: waiting.count)
    }

    mutating func arrived(_ call: LocalCall, limit: Int) -> Decision {
        if let pipe = ready.popLast() { return .lead(pipe, call, waiting: waiting.count) }
        guard waiting.count < limit else { return .refuse }
        waiting.append(call)
        return .wait
    }

    mutating func remove(pipe id: ObjectIdentifier) {
        pipes.remove(id)
        ready.removeAll { $0.id == id }
    }

    /// True when the call still waited.
    mutating func giveUp(_ id: ObjectIdentifier) -> Bool {
        let before = waiting.count
        waiting.removeAll { $0.id == id }
        return waiting.count < before
    }

    /// Another start of the node takes over; what waits is for the node, not for one of its starts.
    mutating func replace(with hello: TunnelHello) {
        self.hello = hello
        (pipes, ready) = ([], [])
    }
}
