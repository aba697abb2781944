/// A URL taken apart, as loosely as database drivers do: several hosts are allowed, and any character in a password.
struct ServiceURL: Equatable {
    struct Host: Equatable {
        /// An IPv6 address keeps its brackets; empty for the default of the driver.
        let name: String
        let port: Int?
    }

    let scheme: String
    let user: String?
    let password: String?
    let hosts: [Host]
    /// Path, query and fragment, with the character that starts them.
    let rest: String

    init?(_ text: String) {
        guard let separator = text.firstRange(of: "://"), text.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F }) else {
            return nil
        }
        scheme = text[..<separator.lowerBound].lowercased()
        let afterScheme = text[separator.upperBound...]
        let authority = afterScheme.prefix { !"/?#".contains($0) }
        rest = String(afterScheme[authority.endIndex...])
        let at = authority.lastIndex(of: "@")
        let login = at.map { authority[..<$0] }
        let colon = login?.firstIndex(of: ":")
        user = login.map { String($0[..<(colon ?? $0.endIndex)]) }
        password = colon.flatMap { colon in login.map { String($0[$0.index(after: colon)...]) } }
        let parts = authority[(at.map { authority.index(after: $0) } ?? authority.startIndex)...].split(
            separator: ",", omittingEmptySubsequences: false)
        hosts = parts.compactMap { Self.host($0) }
        guard scheme.utf8.first?.startsName == true, hosts.count == parts.count else { return nil }
    }

    /// `name`, `name:port`, `[v6]` or `[v6]:port`; nil if it is none of them.
    private static func host(_ text: Substring) -> Host? {
        let isV6 = text.hasPrefix("[")
        let name = isV6 ? text.prefix { $0 != "]" } + "]" : text.prefix { $0 != ":" }
        guard text.hasPrefix(name) else { return nil }
        let portText = text.dropFirst(name.count)
        guard isV6 ? IPAddress.isV6(String(name.dropFirst().dropLast())) : name.isEmpty || isHostName(name) else { return nil }
        guard !portText.isEmpty else { return Host(name: String(name), port: nil) }
        guard portText.hasPrefix(":"), let port = Int(portText.dropFirst()), (1...65_535).contains(port) else { return nil }
        return Host(name: String(name), port: port)
    }

    /// A socket folder of PostgreSQL stands percent-encoded in the place of the host.
    private static func isHostName(_ name: Substring) -> Bool { HostName.isValid(name) || name.hasPrefix("%2F") || name.hasPrefix("%2f") }
}
