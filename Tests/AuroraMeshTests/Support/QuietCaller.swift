import NIOCore
import NIOPosix

/// Sends a request over a unix socket and reads none of the answer.
struct QuietCaller: Sendable {
    private let channel: any Channel

    static func connect(path: String, request: String) async throws -> QuietCaller {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .connect(unixDomainSocketPath: path).get()
        try await channel.writeAndFlush(ByteBuffer(string: request))
        return QuietCaller(channel: channel)
    }

    func close() async throws { try await channel.close() }
}
