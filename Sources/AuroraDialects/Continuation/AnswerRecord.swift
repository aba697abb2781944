public import AuroraModel
public import NIOCore

/// Remembers what a client was sent, so that another engine can go on when the first one dies in the middle.
///
/// Hardly any answer needs it, so bytes are only kept while they pass; they are read when they are needed or when there are
/// too many of them. Append exactly what is sent, whole events at a time (see `EventBoundary`).
public struct AnswerRecord: Sendable {
    /// Bytes that are kept unread; beyond this they are read and only their text stays.
    static let unreadLimit = 256 << 10

    public let wire: AnswerWire
    private var unread = ByteBuffer()
    private var known: AnswerSoFar

    public init(_ wire: AnswerWire) {
        self.wire = wire
        known = AnswerSoFar(wire)
    }

    public mutating func append(_ bytes: ByteBuffer) {
        guard known.obstacle == nil else { return }
        unread.writeImmutableBuffer(bytes)
        guard unread.readableBytes > Self.unreadLimit else { return }
        known.read(unread)
        // Text that was read is a copy, so the memory can be used again.
        unread.clear()
    }

    /// How the answer to the request `body` can come to a good end on another engine.
    ///
    /// `keepsGrammar` says that this engine goes on with a constrained answer (JSON mode, a schema, a grammar) where it
    /// stopped, as llama.cpp does; others would begin the document anew.
    public func resumption(of body: ByteBuffer, on kind: EngineKind, keepsGrammar: Bool = false) -> Resumption {
        ContinuationPlanner(answer: soFar, kind: kind, keepsGrammar: keepsGrammar).plan(body)
    }

    /// What the client has read of the answer's text so far.
    public var text: String { soFar.text }

    private var soFar: AnswerSoFar {
        var answer = known
        answer.read(unread)
        return answer
    }
}
