import Foundation

/// A command line as it may be shown: cut, and without what looks like a secret.
enum ShownCommand {
    private static let telltales = ["password", "passwd", "token", "secret", "api-key", "api_key", "apikey", "credential"]

    static func text(_ arguments: [String], limit: Int) -> String {
        var hideNext = false
        let shown = arguments.map { argument -> String in
            if hideNext {
                hideNext = false
                return "***"
            }
            if let equals = argument.firstIndex(of: "="), tells(argument[..<equals]) {
                return argument[...equals] + "***"
            }
            hideNext = argument.hasPrefix("-") && !argument.contains("=") && tells(argument[...])
            return withoutPassword(argument)
        }
        let line = shown.joined(separator: " ").map { $0.isNewline ? " " : $0 }
        return line.count > limit ? String(line.prefix(limit)) + "…" : String(line)
    }

    private static func tells(_ name: Substring) -> Bool {
        let name = name.lowercased()
        return telltales.contains { name.contains($0) }
    }

    /// `scheme://user:password@host` without the password.
    private static func withoutPassword(_ argument: String) -> String {
        guard let scheme = argument.range(of: "://") else { return argument }
        let rest = argument[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else { return argument }
        return argument[...colon] + "***" + argument[at...]
    }
}
