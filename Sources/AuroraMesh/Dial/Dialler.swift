import AuroraHTTP
import AuroraModel
import NIOCore
import NIOPosix
import NIOSSL

/// Makes the connections of pipes to one coordinator.
struct Dialler: Sendable {
    let target: JoinTarget
    let hello: TunnelHello
    let servers: [TunnelPort: Endpoint]
    let pace: TunnelPace
    let group: any EventLoopGroup
    let tls: NIOSSLContext?

    /// Returns when the pipe is closed. What becomes of it is reported on the way; its end exactly once.
    func run(_ report: @escaping @Sendable (DialPlan.Event) -> Void) async {
        let channel: any Channel
        do {
            channel = try await connect(report)
        } catch {
            return report(.closed(.unreachable(ConnectWords.describe(error, timeout: pace.connect))))
        }
        await withTaskCancellationHandler {
            try? await channel.closeFuture.get()
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func connect(_ report: @escaping @Sendable (DialPlan.Event) -> Void) async throws -> any Channel {
        let channel = try await ClientBootstrap(group: group)
            .connectTimeout(pace.connect)
            .channelOption(.socketOption(.tcp_nodelay), value: 1)
            .channelOption(.autoRead, value: false)
            .connect(host: target.endpoint.host, port: target.endpoint.port).get()
        channel.watchForSilentEnd()
        do {
            try await channel.eventLoop.submit { try add(to: channel, report) }.get()
        } catch {
            channel.close(promise: nil)
            throw error
        }
        // From here on the pipe itself tells its end.
        try? await channel.setOption(.autoRead, value: true).get()
        return channel
    }

    /// On the channel's event loop.
    private func add(to channel: any Channel, _ report: @escaping @Sendable (DialPlan.Event) -> Void) throws {
        guard channel.isActive else { throw ChannelError.alreadyClosed }
        if target.endpoint.transport == .tls {
            guard let tls else { throw AuroraError(.failed, "TLS could not be set up on this machine") }
            // Server names are names only: an address is verified without one.
            let isAddress = (try? SocketAddress(ipAddress: target.endpoint.host, port: 0)) != nil
            let handler = try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : target.endpoint.host)
            try channel.pipeline.syncOperations.addHandler(handler)
        }
        try channel.pipeline.syncOperations.addHandler(DialPipe(request: request, servers: servers, pace: pace, report: report))
    }

    private var request: ByteBuffer {
        var lines = ["GET \(target.path) HTTP/1.1", "Host: \(target.endpoint.hostHeader)", "Connection: Upgrade"]
        lines += ["Upgrade: \(TunnelHello.protocolName)", "User-Agent: \(ServerHeader.value)"]
        lines += hello.headers.map { "\($0.name): \($0.value)" }
        if let token = target.token { lines.append("Authorization: Bearer \(token.reveal())") }
        return ByteBuffer(string: lines.joined(separator: "\r\n") + "\r\n\r\n")
    }
}
