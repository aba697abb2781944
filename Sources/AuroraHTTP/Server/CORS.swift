/// Which web pages may call this node from a browser, and the headers that tell the browser so (CORS, Fetch standard section 3.2).
///
/// The rules are Ollama's, because pages and extensions written for it must find the same here: pages of this machine, those of desktop
/// programs (`app://`, `file://`, `tauri://`, `vscode-webview://`, `vscode-file://`), and what `OLLAMA_ORIGINS` names. Pages that this
/// host serves on another of its ports may as well.
public struct CORS: Sendable, Equatable {
    /// How long a browser may remember the answer to its question, in seconds; Ollama's own 12 hours.
    private static let maxAge = 43_200
    private static let programs = ["app://*", "file://*", "tauri://*", "vscode-webview://*", "vscode-file://*"]
    private static let methods = "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS"
    /// Headers that clients of the dialects send; those that start with one of `headerFamilies` are taken besides.
    private static let headers: Set<String> = [
        "authorization", "content-type", "user-agent", "accept", "x-requested-with", "openai-beta", "x-api-key", "x-request-id",
        "idempotency-key", "last-event-id", "traceparent",
    ]
    private static let headerFamilies = ["x-stainless-", "x-aurora-", "anthropic-", "openai-"]
    private static let shown = "X-Request-Id, X-Aurora-Worker, X-Aurora-Reason, Retry-After"

    private let patterns: [OriginPattern]
    /// Whether every page may call (`*`).
    public let allowsAll: Bool

    /// - Parameter origins: what may call besides: `*`, or `scheme://host[:port]` with at most one `*` in it. What is neither is passed over.
    public init(origins: [String] = []) {
        allowsAll = origins.contains("*")
        patterns = (Self.programs + origins).compactMap(OriginPattern.init)
    }

    /// The origins in `OLLAMA_ORIGINS`, separated by commas.
    public static func origins(ofVariable value: String?) -> [String] {
        (value ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
    }

    /// Whether `text` is something that `init(origins:)` understands.
    public static func isPattern(_ text: String) -> Bool { text == "*" || OriginPattern(text) != nil }

    /// - Parameter host: the `Host` header, by which a page of this very host is known.
    public func allows(origin: String, host: String?) -> Bool {
        allowsAll || OriginCheck.allows(origin: origin, host: host) || isAnyAddress(origin) || patterns.contains { $0.matches(origin) }
    }

    /// Headers that every answer to a page carries; empty when no page asked, or one that may not.
    public func answerHeaders(origin: String?, host: String?) -> [(name: String, value: String)] {
        guard let origin, allows(origin: origin, host: host) else { return [] }
        let shown = (name: "Access-Control-Expose-Headers", value: Self.shown)
        if allowsAll { return [("Access-Control-Allow-Origin", "*"), shown] }
        return [("Access-Control-Allow-Origin", origin), shown, ("Vary", "Origin")]
    }

    /// The answer to a browser's question before a call (`OPTIONS` with `Access-Control-Request-Method`): 204 or, for a page that may not,
    /// 403. It needs no token, because browsers send none with it.
    public func preflight(origin: String, host: String?, requestedHeaders: String?) -> (
        status: Int, headers: [(name: String, value: String)]
    ) {
        let vary = (name: "Vary", value: "Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
        guard allows(origin: origin, host: host) else { return (403, [vary]) }
        return (
            204,
            [
                ("Access-Control-Allow-Origin", allowsAll ? "*" : origin), ("Access-Control-Allow-Methods", Self.methods),
                ("Access-Control-Allow-Headers", allowed(requestedHeaders)), ("Access-Control-Max-Age", String(Self.maxAge)), vary,
            ]
        )
    }

    /// The usual headers, and of those asked for what belongs to a known family.
    private func allowed(_ requested: String?) -> String {
        let asked = (requested ?? "").prefix(4096).lowercased().split(separator: ",").map { $0.filter { $0 != " " } }
        let known = asked.filter { name in
            Self.headerFamilies.contains { name.hasPrefix($0) } && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        }
        return Self.headers.union(known).sorted().joined(separator: ", ")
    }

    /// Ollama takes `0.0.0.0` for this machine, as browsers do.
    private func isAnyAddress(_ origin: String) -> Bool {
        ["http://0.0.0.0", "https://0.0.0.0"].contains { origin == $0 || origin.hasPrefix("\($0):") }
    }
}

/// `scheme://host[:port]`, where one `*` stands for anything but a slash.
private struct OriginPattern: Sendable, Equatable {
    private let prefix: String
    /// Nil without a `*`.
    private let suffix: String?

    init?(_ text: String) {
        let lower = text.lowercased()
        let parts = lower.split(separator: "*", omittingEmptySubsequences: false)
        guard parts.count <= 2, let start = parts.first, let scheme = lower.firstRange(of: "://"), scheme.lowerBound > lower.startIndex,
            start.utf8.count >= lower[..<scheme.upperBound].utf8.count, lower.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        let rest = lower[scheme.upperBound...]
        guard !rest.isEmpty, !rest.contains("/") else { return nil }
        prefix = String(start)
        suffix = parts.count == 2 ? String(parts[1]) : nil
    }

    func matches(_ origin: String) -> Bool {
        let origin = origin.lowercased()
        guard let suffix else { return origin == prefix }
        guard origin.utf8.count >= prefix.utf8.count + suffix.utf8.count, origin.hasPrefix(prefix), origin.hasSuffix(suffix) else {
            return false
        }
        return !origin.dropFirst(prefix.count).dropLast(suffix.count).contains("/")
    }
}
