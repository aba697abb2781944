/// A command line as it may be shown: cut, and without what looks like a secret. It hides too much rather than too little.
public enum ShownCommand {
    private static let telltales = [
        "password", "passwd", "passphrase", "requirepass", "masterauth", "token", "secret", "api-key", "api_key", "apikey", "credential",
        "authorization", "private-key", "private_key",
    ]
    /// How keys of well-known services begin.
    private static let keyBeginnings = ["sk-", "hf_", "ghp_", "github_pat_", "glpat-", "xoxb-", "AKIA", "aur_"]
    private static let shortestKey = 16
    /// Names before equal signs that are looked at in one word.
    private static let mostNames = 8

    /// One line of at most `limit` characters, the mark that it was cut aside.
    public static func text(_ arguments: [String], limit: Int) -> String {
        let line = masked(arguments).joined(separator: " ").map { $0.isNewline ? " " : $0 }
        return line.count > limit ? String(line.prefix(limit)) + "…" : String(line)
    }

    /// The arguments with `***` in the place of secrets: values of options and variables with telling names, passwords in URLs, keys.
    public static func masked(_ arguments: [String]) -> [String] {
        var hides = Hiding.nothing
        return arguments.map { argument in
            // A script for a shell is one argument with many words in it.
            guard argument.contains(where: \.isWhitespace), hides == .nothing else { return word(argument, &hides) }
            var inner = Hiding.nothing
            return argument.split(separator: " ", omittingEmptySubsequences: false).map { word(String($0), &inner) }.joined(separator: " ")
        }
    }

    /// What is to be hidden after a word.
    private enum Hiding: Equatable {
        case nothing
        case nextWord
        /// Until the quote that was opened is closed.
        case until(Character)
        /// A header field's value, as in `Authorization: Bearer …`.
        case rest
    }

    private static func word(_ word: String, _ hides: inout Hiding) -> String {
        switch hides {
        case .rest: return "***"
        case .until(let quote):
            if word.last == quote { hides = .nothing }
            return "***"
        case .nextWord:
            hides = word.isEmpty ? .nextWord : openQuote(word[...])
            return word.isEmpty ? "" : "***"
        case .nothing: return shown(word, &hides)
        }
    }

    private static func shown(_ word: String, _ hides: inout Hiding) -> String {
        let equalSigns = word.indices.lazy.filter { word[$0] == "=" }.prefix(mostNames)
        if let equals = equalSigns.first(where: { tells(word[..<$0]) }) {
            hides = openQuote(word[word.index(after: equals)...])
            return word[...equals] + "***"
        }
        if let colon = word.firstIndex(of: ":"), !word[colon...].hasPrefix("://"), tells(word[..<colon]) {
            hides = .rest
            return word[...colon] + (word.index(after: colon) == word.endIndex ? "" : "***")
        }
        if word.hasPrefix("-"), !word.contains("="), tells(word[...]) { hides = .nextWord }
        if word.count >= shortestKey, keyBeginnings.contains(where: word.hasPrefix) { return "***" }
        return withoutPassword(word)
    }

    private static func openQuote(_ value: Substring) -> Hiding {
        guard let quote = value.first, quote == "'" || quote == "\"" else { return .nothing }
        return value.count > 1 && value.last == quote ? .nothing : .until(quote)
    }

    private static func tells(_ name: Substring) -> Bool {
        let name = name.lowercased()
        return telltales.contains { name.contains($0) }
    }

    /// `scheme://user:password@host` without the password.
    private static func withoutPassword(_ word: String) -> String {
        let characters = Array(word)
        guard let scheme = characters.indices.first(where: { characters[$0...].starts(with: "://") }) else { return word }
        let start = scheme + 3
        let end = characters[start...].firstIndex { $0 == "/" || $0 == "?" } ?? characters.endIndex
        guard let at = characters[start..<end].lastIndex(of: "@"), let colon = characters[start..<at].firstIndex(of: ":") else {
            return word
        }
        return String(characters[...colon]) + "***" + String(characters[at...])
    }
}
