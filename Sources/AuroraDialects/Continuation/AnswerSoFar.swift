import NIOCore

/// What a client has read of an answer: the text, how many tokens it took, and who said it.
struct AnswerSoFar: Sendable {
    /// More text than this is not kept, and then nothing can go on with it. In bytes.
    static let textLimit = 8 << 20
    /// What stands beside the text in each event and must not change in the middle of an answer.
    static let identityKeys = ["id", "created", "model", "system_fingerprint"]

    let wire: AnswerWire
    private(set) var text = ""
    private(set) var thinking = ""
    /// Events that brought text, thinking included: about one a token.
    private(set) var tokens = 0
    /// How many of them, at the end, were nothing but white space.
    private(set) var blankTokens = 0
    private(set) var identity: [JSONObject.Member] = []
    /// `created_at` of the last line of Ollama's wire.
    private(set) var lastMoment: JSON?
    private(set) var sawRole = false
    private(set) var isFinished = false
    private(set) var sawDone = false
    private(set) var obstacle: Obstacle?
    private var reader: PayloadReader

    init(_ wire: AnswerWire) {
        self.wire = wire
        reader = PayloadReader(wire.framing)
    }

    mutating func read(_ bytes: ByteBuffer) {
        guard obstacle == nil else { return }
        guard let payloads = try? reader.push(bytes) else { return obstacle = .unreadable }
        for payload in payloads { read(payload: payload) }
    }

    /// Whether the bytes stop in the middle of an event.
    var endsInsideEvent: Bool {
        var rest = reader
        return rest.finish() != nil
    }

    private mutating func read(payload: ByteBuffer) {
        if payload.readableBytesView.elementsEqual("[DONE]".utf8) { return sawDone = true }
        guard let document = try? JSON(parsing: payload), UpstreamText.error(in: document) == nil else { return obstacle = .unreadable }
        takeIdentity(document)
        for piece in AnswerPiece.all(in: document, of: wire) { add(piece) }
    }

    private mutating func takeIdentity(_ document: JSON) {
        lastMoment = document["created_at"] ?? lastMoment
        guard identity.isEmpty else { return }
        identity = Self.identityKeys.compactMap { key in document[key].map { .init(key, $0) } }
    }

    private mutating func add(_ piece: AnswerPiece) {
        if piece.index > 0 { return obstacle = .severalAnswers }
        if piece.callsTools { return obstacle = .toolCalls }
        if piece.hasLogprobs { return obstacle = .logprobs }
        sawRole = sawRole || piece.hasRole
        isFinished = isFinished || piece.isLast
        guard !piece.text.isEmpty || !piece.thinking.isEmpty else { return }
        tokens += 1
        blankTokens = piece.text.utf8.allSatisfy(\.isBlank) && piece.thinking.isEmpty ? blankTokens + 1 : 0
        text += piece.text
        thinking += piece.thinking
        if text.utf8.count + thinking.utf8.count > Self.textLimit { obstacle = .tooLong }
    }
}

/// What one event says, on whichever wire.
struct AnswerPiece: Sendable {
    var index = 0
    var text = ""
    var thinking = ""
    var hasRole = false
    var callsTools = false
    var hasLogprobs = false
    var isLast = false

    static func all(in document: JSON, of wire: AnswerWire) -> [AnswerPiece] {
        switch wire {
        case .chatCompletions, .completions: (document["choices"]?.array ?? []).map { AnswerPiece(choice: $0) }
        case .chat, .generate: [AnswerPiece(line: document)]
        }
    }

    private init(choice: JSON) {
        let piece = OpenAIPiece(choice, alternatives: 0)
        index = choice["index"]?.int ?? 0
        text = piece.content
        thinking = piece.thinking
        hasRole = choice["delta"]?["role"]?.string != nil
        callsTools = !piece.toolCalls.isEmpty || choice["delta"]?["function_call"]?.object != nil
        hasLogprobs = piece.logprobs != nil
        isLast = piece.finishReason != nil
    }

    private init(line: JSON) {
        let message = line["message"]
        text = message?["content"]?.string ?? line["response"]?.string ?? ""
        thinking = message?["thinking"]?.string ?? line["thinking"]?.string ?? ""
        callsTools = message?["tool_calls"]?.array?.isEmpty == false
        hasLogprobs = line["logprobs"]?.array?.isEmpty == false
        isLast = line["done"]?.bool == true
    }
}

extension UInt8 {
    /// White space of ASCII.
    var isBlank: Bool { self == 0x20 || (0x09...0x0d).contains(self) }
}
