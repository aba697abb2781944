/// Finds where the text of a second engine goes on from what the client has.
struct TextJoin: Sendable {
    /// One event that repeats so much is an echo and no chance: engines write about a token an event.
    private static let echoTokens = 4
    private static let echoBytes = 16

    private let tokens: Int
    /// What the engine was given; nil once its first text has come.
    private var given: String?
    /// White space that the client has and the engine writes again.
    private var blank: Substring
    /// Events of which nothing was new.
    private var repeated = 0

    init(tokens: Int, beginning: Beginning) {
        self.tokens = tokens
        given = beginning.text
        blank = beginning.blank[...]
    }

    /// What of the engine's next piece of text the client has not seen.
    mutating func rest(of text: String) -> String {
        let text = withoutEcho(text)
        guard !text.isEmpty else { return "" }
        let new = withoutBlank(text)
        if new.isEmpty { repeated += 1 }
        return String(new)
    }

    /// Some engines repeat the beginning that they were given, all of it in their first event.
    private mutating func withoutEcho(_ text: String) -> Substring {
        guard let given, !text.isEmpty else { return text[...] }
        self.given = nil
        let isLong = tokens >= Self.echoTokens && given.utf8.count >= Self.echoBytes
        guard isLong, text.utf8.starts(with: given.utf8) else { return text[...] }
        return text[text.utf8.index(text.startIndex, offsetBy: given.utf8.count)...]
    }

    private mutating func withoutBlank(_ text: Substring) -> Substring {
        var text = text
        while let expected = blank.utf8.first, let found = text.utf8.first {
            guard expected == found else {
                blank = ""
                break
            }
            blank = blank[blank.utf8.index(after: blank.startIndex)...]
            text = text[text.utf8.index(after: text.startIndex)...]
        }
        return text
    }

    /// The counts of the whole answer: what was given before moves from the prompt to the answer.
    func summed(_ told: TokenUsage) -> TokenUsage {
        let earlier = max(0, tokens - repeated)
        return TokenUsage(
            prompt: told.prompt.map { max(0, $0.subtractingReportingOverflow(earlier).partialValue) },
            completion: told.completion.map { $0.addingReportingOverflow(earlier).partialValue })
    }
}
