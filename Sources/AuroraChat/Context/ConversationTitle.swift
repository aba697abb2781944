/// The title that a conversation gets from its first message.
enum ConversationTitle {
    static let longest = 60

    /// One line, at most 60 characters, cut between words where there is a place for it.
    static func title(from message: String) -> String {
        let line = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard line.count > longest else { return line }
        let start = line.prefix(longest - 1)
        let words = start.lastIndex(of: " ").map { start[..<$0] } ?? start
        // A first "word" of nearly the whole length is a link or a language without spaces.
        return (words.count < longest / 3 ? start : words) + "…"
    }
}
