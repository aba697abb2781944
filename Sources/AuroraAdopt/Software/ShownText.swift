/// A line for the shell as it may be shown: without what looks like a secret.
enum ShownText {
    private static let telltales = ["password", "passwd", "pwd", "token", "secret", "api-key", "api_key", "apikey", "credential", "pgpass"]

    static func text(_ line: String) -> String {
        var result = ""
        var hidesNext = false
        for word in line.split(separator: " ", omittingEmptySubsequences: false) {
            if !result.isEmpty { result += " " }
            if hidesNext, !word.isEmpty {
                hidesNext = false
                result += "***"
            } else if let equals = word.firstIndex(of: "="), tells(word[..<equals]) {
                result += word[...equals] + "***"
            } else {
                hidesNext = word.hasPrefix("-") && tells(word) || Self.isHeader(word)
                result += SafeURL.text(String(word))
            }
        }
        return result
    }

    private static func tells(_ name: Substring) -> Bool {
        let name = name.lowercased()
        return telltales.contains { name.contains($0) }
    }

    /// `Authorization: Bearer …`, and `-u name:password` of curl.
    private static func isHeader(_ word: Substring) -> Bool { word == "Bearer" || word == "-u" || word == "--user" }
}
