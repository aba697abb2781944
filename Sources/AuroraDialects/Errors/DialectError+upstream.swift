public import NIOCore

extension DialectError {
    /// What an engine's answer of another status than 200 means for the client of the other wire.
    ///
    /// A refused key is the gateway's fault and not the client's, so 401 and 403 become 502.
    public init(upstreamStatus status: Int, body: ByteBuffer) {
        let text = UpstreamText.body(body, status: status)
        switch status {
        case 401, 403: self.init(.upstream, "the engine refused the key that the gateway has for it: \(text)")
        case 400..<600: self.init(Kind(status: status), text, status: status)
        default: self.init(.upstream, text)
        }
    }
}
