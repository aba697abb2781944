import AuroraModel

/// What a user typed into a search box, as conditions that its text can not break: every word must occur, anywhere in a word, in any case.
///
/// Words of three characters and more go to the trigram index as quoted strings, which have no syntax inside; shorter ones have no
/// trigram and are compared with LIKE (there, only the case of ASCII letters is ignored).
struct SearchTerms {
    static let maximumWords = 32
    static let maximumLength = 1_000

    /// Query for the trigram index; nil when every word is short.
    let match: String?
    /// For `LIKE … ESCAPE '\'`.
    let patterns: [String]

    /// Nil when there is nothing to search for.
    init?(_ text: String) throws(AuroraError) {
        guard text.unicodeScalars.count <= Self.maximumLength else {
            throw AuroraError(
                .invalid, "the search text has \(text.unicodeScalars.count) characters", hint: "use at most \(Self.maximumLength)")
        }
        let words = text.storable.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { return nil }
        guard words.count <= Self.maximumWords else {
            throw AuroraError(.invalid, "the search text has \(words.count) words", hint: "use at most \(Self.maximumWords)")
        }
        let long = words.filter { $0.unicodeScalars.count >= 3 }
        match = long.isEmpty ? nil : long.map(Self.quoted).joined(separator: " AND ")
        patterns = words.filter { $0.unicodeScalars.count < 3 }.map(Self.pattern)
    }

    // By scalars and not by characters: a combining mark after a quote would make another character of the two.

    private static func quoted(_ word: Substring) -> String {
        "\"" + escaping(word) { $0 == "\"" ? ["\"", "\""] : [$0] } + "\""
    }

    private static func pattern(_ word: Substring) -> String {
        "%" + escaping(word) { "\\%_".unicodeScalars.contains($0) ? ["\\", $0] : [$0] } + "%"
    }

    private static func escaping(_ word: Substring, _ replace: (Unicode.Scalar) -> [Unicode.Scalar]) -> String {
        String(String.UnicodeScalarView(word.unicodeScalars.flatMap(replace)))
    }
}
