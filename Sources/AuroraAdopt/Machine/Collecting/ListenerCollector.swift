import AuroraModel

/// Joins the kernel's sockets with the processes and containers that hold them.
struct ListenerCollector: Sendable {
    let machine: any MachineReading
    /// Of Docker, which publishes ports through a process of this name.
    private static let proxy = "docker-proxy"

    /// Blocks; see `ProcessCollector`.
    func sockets() -> [ListeningSocket] {
        let tables: [(Listener.Transport, String)] = [(.tcp, "tcp"), (.tcp, "tcp6"), (.udp, "udp"), (.udp, "udp6")]
        return tables.flatMap { transport, name in
            // Four megabytes are more than twenty thousand sockets.
            let text = (try? machine.text("/proc/net/\(name)", limit: 4 << 20)).flatMap(\.self)
            return text.map { SocketTable.listening(transport, in: $0) } ?? []
        }
    }

    /// By port; one for each address, whoever shares it.
    static func listeners(_ sockets: [ListeningSocket], _ table: ProcessTable) -> [Listener] {
        let processes = Dictionary(table.processes.map { ($0.pid, $0) }) { first, _ in first }
        var found: [Key: Listener] = [:]
        for socket in sockets {
            let holders = (table.holders[socket.inode] ?? []).compactMap { processes[$0] }
            // A server and its workers share the socket; the one that started first is the one to name.
            let owner = holders.min { ($0.startTicks ?? .max, $0.pid) < ($1.startTicks ?? .max, $1.pid) }
            let key = Key(transport: socket.transport, address: socket.address, port: socket.port)
            if let known = found[key], started(known.owner) <= started(owner) { continue }
            found[key] = Listener(
                socket.transport, address: socket.address, port: socket.port, owner: owner, user: table.users[socket.uid] ?? "\(socket.uid)"
            )
        }
        return found.values.sorted { order($0) < order($1) }
    }

    private static func started(_ owner: ProcessFacts?) -> UInt64 { owner.map { $0.startTicks ?? .max - 1 } ?? .max }
    private static func order(_ listener: Listener) -> (Int, String, String) {
        (listener.port, listener.transport.rawValue, listener.address)
    }

    private struct Key: Hashable {
        let transport: Listener.Transport
        let address: String
        let port: Int
    }

    /// The same with containers named: ports that Docker holds for them through its proxy, and ports that it leads to them in the kernel,
    /// where no socket shows.
    ///
    /// - Parameter isLocal: whether the engine publishes ports on this machine's own network.
    static func naming(
        _ containers: [ContainerFacts], in listeners: [Listener], processes: [ProcessFacts], isLocal: Bool
    ) -> [Listener] {
        guard isLocal else { return listeners }
        var listeners = listeners
        for container in containers where container.state == "running" {
            for port in container.ports {
                guard let number = port.hostPort else { continue }
                let transport: Listener.Transport = port.isUDP ? .udp : .tcp
                let places = listeners.indices.filter { listeners[$0].port == number && listeners[$0].transport == transport }
                for place in places where isProxy(listeners[place].owner) { listeners[place].owner?.container = container.id }
                guard places.isEmpty else { continue }
                let owner = processes.first { $0.pid == container.pid }
                listeners.append(Listener(transport, address: port.hostAddress ?? "0.0.0.0", port: number, owner: owner))
            }
        }
        return listeners.sorted { order($0) < order($1) }
    }

    private static func isProxy(_ owner: ProcessFacts?) -> Bool { owner?.name == proxy && owner?.container == nil }
}
