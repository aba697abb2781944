import NIOCore
import NIOHTTP1

/// Puts HTTP/1.1 into a connection, and whatever its first request asks for behind it.
enum ConnectionUpgrade {
    /// Must run on the channel's event loop.
    /// - Parameters:
    ///   - timeout: for the first request and the decision on it.
    ///   - upgraders: at most one for each protocol name.
    ///   - http: makes the outcome of a connection that stays HTTP.
    static func configure<Outcome: Sendable>(
        _ channel: any Channel, limits: NIOHTTPDecoderLimitConfiguration, timeout: TimeAmount,
        upgraders: [any NIOTypedHTTPServerProtocolUpgrader<Outcome>], http: @escaping @Sendable (any Channel) throws -> Outcome
    ) throws -> EventLoopFuture<Outcome> {
        let encoder = HTTPResponseEncoder()
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits))
        let outcome = channel.eventLoop.makePromise(of: Outcome.self)
        let handler = UpgradeHandler(
            encoder: encoder, decoder: decoder, timeout: timeout, outcome: outcome, upgraders: upgraders, http: http)
        do {
            try channel.pipeline.syncOperations.addHandlers(encoder, decoder, handler)
        } catch {
            // The peer has left already, so no handler will ever decide.
            outcome.fail(error)
            throw error
        }
        return outcome.futureResult
    }
}
