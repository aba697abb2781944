import AuroraModel
public import NIOCore
import NIOPosix
import NIOSSL

/// Keep-alive connections of one event loop. A request on a loop only uses connections of that loop, so nothing hops threads.
public final class UpstreamPool {
    private static let idlePerEndpoint = 512
    private static let idleLimit = TimeAmount.seconds(55)

    public let loop: any EventLoop
    private let tls: NIOSSLContext?
    private var idle: [Endpoint: [UpstreamConnection]] = [:]

    init(loop: any EventLoop, tls: NIOSSLContext?) {
        self.loop = loop
        self.tls = tls
    }

    /// Hands over a connection, at once where an idle one waits, else when one is made. `fresh` skips idle ones.
    /// - Parameter timeout: for connecting.
    public func acquire(
        _ endpoint: Endpoint, fresh: Bool = false, timeout: TimeAmount,
        then: @escaping (Result<UpstreamConnection, UpstreamFailure>) -> Void
    ) {
        if !fresh, let waiting = takeIdle(endpoint) { return then(.success(waiting)) }
        connect(endpoint, timeout: timeout).assumeIsolated().whenComplete { result in
            switch result {
            case .success(let channel): then(self.adopt(channel, endpoint))
            case .failure(let error): then(.failure(.connect(ConnectWords.describe(error, timeout: timeout))))
            }
        }
    }

    private func takeIdle(_ endpoint: Endpoint) -> UpstreamConnection? {
        let oldest = NIODeadline.now() - Self.idleLimit
        while let connection = idle[endpoint]?.popLast() {
            if connection.isOpen, connection.idleSince > oldest { return connection }
            connection.close()
        }
        return nil
    }

    private func connect(_ endpoint: Endpoint, timeout: TimeAmount) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop).connectTimeout(timeout)
        switch endpoint.transport {
        case .unix(let path):
            return bootstrap.connect(unixDomainSocketPath: path)
        case .plain:
            return bootstrap.channelOption(.socketOption(.tcp_nodelay), value: 1).connect(host: endpoint.host, port: endpoint.port)
        case .tls:
            guard let tls else { return loop.makeFailedFuture(AuroraError(.failed, "TLS could not be set up on this machine")) }
            let name = endpoint.host
            return bootstrap.channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        // Server names are names only: an address is verified without one.
                        let isAddress = (try? SocketAddress(ipAddress: name, port: 0)) != nil
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : name))
                    }
                }
                .connect(host: endpoint.host, port: endpoint.port)
        }
    }

    private func adopt(_ channel: any Channel, _ endpoint: Endpoint) -> Result<UpstreamConnection, UpstreamFailure> {
        let connection = UpstreamConnection(endpoint: endpoint, channel: channel, pool: self)
        do {
            try channel.pipeline.syncOperations.addHandler(connection)
            return .success(connection)
        } catch {
            return .failure(.connect("\(error)"))
        }
    }

    func release(_ connection: UpstreamConnection) {
        guard idle[connection.endpoint, default: []].count < Self.idlePerEndpoint else { return connection.close() }
        connection.idleSince = .now()
        idle[connection.endpoint, default: []].append(connection)
    }

    func forget(_ connection: UpstreamConnection) {
        idle[connection.endpoint]?.removeAll { $0 === connection }
    }

    func closeIdle() {
        idle.values.joined().forEach { $0.close() }
        idle = [:]
    }
}

/// The pools of a group, one a loop.
public struct UpstreamPools: Sendable {
    public let group: any EventLoopGroup
    private let pools: [ObjectIdentifier: NIOLoopBound<UpstreamPool>]

    public init(group: any EventLoopGroup) throws {
        let tls = try? NIOSSLContext(configuration: .makeClientConfiguration())
        self.group = group
        var pools: [ObjectIdentifier: NIOLoopBound<UpstreamPool>] = [:]
        for loop in group.makeIterator() {
            pools[ObjectIdentifier(loop)] = try loop.submit { NIOLoopBound(UpstreamPool(loop: loop, tls: tls), eventLoop: loop) }.wait()
        }
        self.pools = pools
    }

    /// The pool of a loop; call it on that loop. Nil for a loop of another group.
    public func pool(on loop: any EventLoop) -> UpstreamPool? { pools[ObjectIdentifier(loop)]?.value }

    /// A loop for a call that starts outside of any.
    func anyLoop() -> any EventLoop { group.next() }
}

/// Why a connection could not be made, in words an operator knows.
public enum ConnectWords {
    public static func describe(_ error: any Error, timeout: TimeAmount) -> String {
        if case ChannelError.connectTimeout = error { return "no answer within \(timeout.nanoseconds / 1_000_000) ms" }
        if let error = error as? NIOConnectionError {
            if error.dnsAError != nil || error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
                return "the name '\(error.host)' is not known"
            }
            return error.connectionErrors.first.map { describe($0.error, timeout: timeout) } ?? "no address of '\(error.host)' answers"
        }
        if let error = error as? IOError {
            return switch error.errnoCode {
            case 111, 61: "connection refused"
            case 113, 65: "no route to the host"
            case 2: "the socket does not exist"
            default: "\(error)"
            }
        }
        return "\(error)"
    }
}
