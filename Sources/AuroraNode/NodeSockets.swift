import AuroraConfig
import AuroraHTTP
import AuroraLive
import AuroraModel
import NIOCore

/// Every socket of a node, bound before anything else starts: a taken port then costs no clean-up.
struct NodeSockets: Sendable {
    let gateway: [BoundSocket]
    let chat: [BoundSocket]
    let console: [BoundSocket]
    let local: BoundSocket

    /// Throws `portTaken` with the owner's name when one of them is held.
    static func bind(_ manifest: Manifest, socketPath: String) throws(AuroraError) -> NodeSockets {
        NodeSockets(
            gateway: try bind("gateway", manifest.ports.gateway, manifest.listenAddresses),
            chat: try bind("chat", manifest.ports.chat, manifest.listenAddresses),
            console: try bind("console", manifest.ports.console, manifest.listenAddresses),
            local: try BoundSocket.unix(path: socketPath))
    }

    var addresses: NodeAddresses {
        NodeAddresses(
            gateway: gateway.first?.url ?? "", chat: chat.first?.url ?? "", console: console.first?.url ?? "", socket: local.url)
    }

    /// The same on every address.
    var gatewayPort: Int {
        if case .tcp(_, let port) = gateway.first?.address { port } else { 0 }
    }

    var ports: Set<Int> {
        Set((gateway + chat + console).compactMap { socket in if case .tcp(_, let port) = socket.address { port } else { nil } })
    }

    /// One port on every address. A free port chosen for the first address is used on the others too.
    private static func bind(_ name: String, _ port: Int, _ hosts: [Manifest.ListenAddress]) throws(AuroraError) -> [BoundSocket] {
        var sockets: [BoundSocket] = []
        var wanted = port
        for host in hosts {
            do {
                let socket = try BoundSocket.tcp(host: host.host, port: wanted, isEarly: host.isVPN)
                if case .tcp(_, let chosen) = socket.address { wanted = chosen }
                sockets.append(socket)
            } catch  where host.isVPN && error.code == .invalid && hosts.count > 1 {
                // Where the system cannot bind early, the node goes on without; its status says so.
                continue
            } catch {
                throw explain(error, name: name, port: wanted)
            }
        }
        return sockets
    }

    private static func explain(_ error: AuroraError, name: String, port: Int) -> AuroraError {
        guard error.code == .portTaken else { return error }
        let owner = PortOwner.of(port: port).map { "by \($0)" } ?? "by a process that this user cannot see"
        return AuroraError(
            .portTaken, "port \(port), which the \(name) needs, is taken \(owner)",
            hint: "stop it, or write 'ports: { \(name): \(port + 10000) }' into aurora.yml")
    }
}
