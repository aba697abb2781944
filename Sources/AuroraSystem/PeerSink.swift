public import AuroraModel

/// Takes in what other nodes tell, so that their engines can be routed to.
public protocol PeerSink: Sendable {
    /// A node answered.
    /// - Parameters:
    ///   - gateway: base URL under which its gateway is reached from here: `http://…`, `https://…` or `http+unix://…`.
    ///   - token: what its gateway is to be shown; nil when it asks for none.
    ///   - roundTrip: of a small call to it, just measured.
    func peer(_ report: NodeReport, gateway: String, token: Secret?, roundTrip: Duration)

    /// It does not answer any more; `reason` is one sentence.
    func peerGone(_ node: String, reason: String)
}
