import AuroraModel

/// A line for the shell as it may be shown: without what looks like a secret.
enum ShownText {
    static func text(_ line: String) -> String {
        var words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        for index in words.indices.dropFirst() where isLogin(words[index], after: words[index - 1]) { words[index] = "***" }
        return ShownCommand.masked([words.joined(separator: " ")]).joined(separator: " ")
    }

    /// A line of a file in a message: its beginning.
    static func quoted(_ line: Substring) -> String {
        let limit = 80
        let start = text(String(line.prefix(limit)))
        return "'\(start)\(line.dropFirst(limit).isEmpty ? "" : "…")'"
    }

    /// `-u name:password`, as curl and its relatives take it.
    private static func isLogin(_ word: String, after option: String) -> Bool {
        (option == "-u" || option == "--user") && word.contains(":")
    }
}
