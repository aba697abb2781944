public import NIOCore
public import NIOHTTP1

/// Takes connections that leave HTTP with `Upgrade: NAME` and carry plain bytes from then on.
public struct PipeMount: Sendable {
    let name: String
    let accepts: @Sendable (HTTPRequestHead) -> Bool
    let open: @Sendable (any Channel, HTTPRequestHead) throws -> Void

    /// - Parameters:
    ///   - name: of the protocol, as it stands in `Upgrade`.
    ///   - accepts: whether this request is taken; a refused one goes on to the router, which answers it with the reason. Runs on the
    ///     connection's event loop, so it must not wait.
    ///   - open: adds the handlers that own the connection from now on; it carries `ByteBuffer`s. Runs on its event loop.
    public init(
        name: String, accepts: @escaping @Sendable (HTTPRequestHead) -> Bool,
        open: @escaping @Sendable (any Channel, HTTPRequestHead) throws -> Void
    ) {
        self.name = name
        self.accepts = accepts
        self.open = open
    }
}

/// Answers 101 and hands the connection over.
struct PipeUpgrader<Outcome: Sendable>: NIOTypedHTTPServerProtocolUpgrader {
    typealias UpgradeResult = Outcome

    struct Refused: Error {}

    let mount: PipeMount
    let outcome: Outcome

    var supportedProtocol: String { mount.name }
    var requiredUpgradeHeaders: [String] { [] }

    func buildUpgradeResponse(
        channel: any Channel, upgradeRequest: HTTPRequestHead, initialResponseHeaders: HTTPHeaders
    ) -> EventLoopFuture<HTTPHeaders> {
        guard upgradeRequest.method == .GET, mount.accepts(upgradeRequest) else {
            return channel.eventLoop.makeFailedFuture(Refused())
        }
        return channel.eventLoop.makeSucceededFuture(["Upgrade": mount.name, "Connection": "Upgrade"])
    }

    func upgrade(channel: any Channel, upgradeRequest: HTTPRequestHead) -> EventLoopFuture<Outcome> {
        channel.eventLoop.makeCompletedFuture {
            try mount.open(channel, upgradeRequest)
            return outcome
        }
    }
}
