import NIOCore

/// Which server of the joined node a pipe leads to.
enum TunnelPort: String, Sendable, CaseIterable { case gateway, api }

/// What both ends of a pipe say before it carries bytes: one line of ASCII each.
///
///     coordinator → joined node    ping, open PORT WAITING
///     joined node → coordinator    pong, ok, refused REASON
///
/// After `open` the coordinator's bytes follow at once; after `ok` those of the joined node.
enum TunnelLine: Equatable {
    case ping
    case pong
    /// `waiting`: how many connections wait for a pipe, so that the node opens as many.
    case open(TunnelPort, waiting: Int)
    case ok
    case refused(String)

    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        switch (words.first, words.count > 1 ? words[1] : nil) {
        case ("ping", nil): self = .ping
        case ("pong", nil): self = .pong
        case ("ok", nil): self = .ok
        case ("refused", let reason?): self = .refused(reason)
        case ("open", let rest?):
            let parts = rest.split(separator: " ")
            guard parts.count == 2, let port = TunnelPort(rawValue: String(parts[0])), let waiting = Int(parts[1]), waiting >= 0 else {
                return nil
            }
            self = .open(port, waiting: waiting)
        default: return nil
        }
    }

    var text: String {
        switch self {
        case .ping: "ping"
        case .pong: "pong"
        case .ok: "ok"
        case .open(let port, let waiting): "open \(port.rawValue) \(waiting)"
        case .refused(let reason):
            "refused \(reason.unicodeScalars.filter { (0x20..<0x7F).contains($0.value) }.prefix(200).map { String($0) }.joined())"
        }
    }

    var bytes: ByteBuffer { ByteBuffer(string: text + "\n") }
}

/// Takes lines off the front of what has come.
struct LineBuffer {
    /// Longest line, in bytes.
    static let limit = 512

    struct TooLong: Error {}

    private var bytes = ByteBuffer()

    mutating func append(_ more: ByteBuffer) { bytes.writeImmutableBuffer(more) }

    /// The next whole line without its end; nil when more has to come.
    mutating func next() throws(TooLong) -> String? {
        guard let end = bytes.readableBytesView.prefix(Self.limit + 1).firstIndex(of: UInt8(ascii: "\n")) else {
            if bytes.readableBytes > Self.limit { throw TooLong() }
            return nil
        }
        let line = bytes.readString(length: end - bytes.readerIndex)
        bytes.moveReaderIndex(forwardBy: 1)
        return line
    }

    /// Everything behind the lines taken so far.
    mutating func rest() -> ByteBuffer {
        defer { bytes = ByteBuffer() }
        return bytes
    }
}
