import AuroraModel
import AuroraSystem

/// Chooses what of a conversation a model gets to see: the system prompt, the question, and the newest turns that fit.
///
/// Tokens are estimated, because the model is chosen later and each counts differently: four bytes a token and four tokens
/// for the frame of a turn, which is on the safe side for European languages and close for others.
struct ContextWindow: Sendable, Equatable {
    static let defaultTokens = 4096
    static let defaultReserve = 1024

    /// Tokens of the prompt: what is left when the answer has its share.
    let budget: Int

    /// `answer`: tokens that the answer may need; it gets at most half of the window.
    init(tokens: Int?, answer: Int?) {
        let tokens = max(64, tokens ?? Self.defaultTokens)
        budget = tokens - min(max(0, answer ?? Self.defaultReserve), tokens / 2)
    }

    static func estimate(_ text: String) -> Int { frame + (text.utf8.count + bytesPerToken - 1) / bytesPerToken }

    func turns(system: String, history: [Message], question: String) -> [ModelTurn] {
        let system = shortened(system, toTokens: budget / 2)
        var left = budget - (system.isEmpty ? 0 : Self.estimate(system))
        let question = shortened(question, toTokens: left)
        left -= Self.estimate(question)
        let head = system.isEmpty ? [] : [ModelTurn(role: .system, content: system)]
        return head + newest(of: history, within: left) + [ModelTurn(role: .user, content: question)]
    }

    /// Starts with a question: an answer without its question would mislead the model.
    private func newest(of history: [Message], within tokens: Int) -> [ModelTurn] {
        var left = tokens
        let usable = history.filter { $0.role != .system && !$0.content.isEmpty }
        let fitting = usable.reversed().prefix { message in
            left -= Self.estimate(message.content)
            return left >= 0
        }
        return fitting.reversed().drop { $0.role != .user }.map { ModelTurn(role: $0.role, content: $0.content) }
    }

    private func shortened(_ text: String, toTokens tokens: Int) -> String {
        guard Self.estimate(text) > tokens else { return text }
        return text.cutInMiddle(toBytes: max(0, tokens - Self.frame - Self.noteTokens) * Self.bytesPerToken)
    }

    private static let bytesPerToken = 4
    private static let frame = 4
    /// Room for the note that says how much was left out.
    private static let noteTokens = 12
}
