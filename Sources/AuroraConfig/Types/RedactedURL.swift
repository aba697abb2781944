/// A URL as it may be shown: password and secret query values as `***`.
///
/// Works on the text, because what is shown may be no valid URL; when in doubt it hides too much.
public enum RedactedURL {
    private static let secretWords = ["pass", "token", "key", "secret", "auth", "sig"]

    public static func text(_ url: String) -> String {
        let split = url.firstIndex(of: "?") ?? url.endIndex
        let isLoginInQuery = url[split...].contains("@") && !url[..<split].contains("@")
        guard !isLoginInQuery else { return withoutPassword(url[...]) }
        return withoutPassword(url[..<split]) + withoutSecrets(url[split...])
    }

    /// A password may hold any character, so everything up to the last `@` counts.
    private static func withoutPassword(_ text: Substring) -> String {
        let start = text.firstRange(of: "://")?.upperBound ?? text.startIndex
        guard let at = text.lastIndex(of: "@"), at >= start, let colon = text[start..<at].firstIndex(of: ":") else { return String(text) }
        return text[...colon] + "***" + text[at...]
    }

    private static func withoutSecrets(_ query: Substring) -> String {
        query.split(separator: "&", omittingEmptySubsequences: false).map { pair in
            guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
            let name = pair[..<equals].lowercased()
            return secretWords.contains { name.contains($0) } ? pair[...equals] + "***" : String(pair)
        }.joined(separator: "&")
    }
}
