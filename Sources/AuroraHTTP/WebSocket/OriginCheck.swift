/// Whether a web page may open a WebSocket here. Browsers send `Origin` with the handshake and ask nobody, so the server has to.
enum OriginCheck {
    /// Allowed: no origin (not a browser), a page of the same host on any port (the console on 8004 talks to the chat on 8003), and pages
    /// of this machine's loopback. `host` is the Host header.
    ///
    /// It compares names only: a node without tokens must also refuse a Host that is not its own, or a foreign page whose name was made
    /// to point here would pass as the same host.
    static func allows(origin: String?, host: String?) -> Bool {
        guard let origin else { return true }
        guard let page = pageHost(origin) else { return false }
        return isLoopback(page) || page == host.flatMap(name)
    }

    /// The host of `http(s)://host[:port]`; nil for anything else: "null", other schemes, extensions.
    private static func pageHost(_ origin: String) -> String? {
        let lower = origin.lowercased()
        guard let scheme = ["http://", "https://"].first(where: lower.hasPrefix) else { return nil }
        return name(String(lower.dropFirst(scheme.count)))
    }

    /// The name in `name[:port]`, lower case, IPv6 addresses with their brackets.
    private static func name(_ authority: String) -> String? {
        let lower = authority.lowercased()
        let end: String.Index
        if lower.hasPrefix("[") {
            guard let bracket = lower.firstIndex(of: "]") else { return nil }
            end = lower.index(after: bracket)
        } else {
            end = lower.firstIndex(of: ":") ?? lower.endIndex
        }
        let (name, rest) = (lower[..<end], lower[end...])
        guard !name.isEmpty, name.unicodeScalars.allSatisfy(isHostScalar) else { return nil }
        guard rest.isEmpty || (rest.first == ":" && UInt16(rest.dropFirst()) != nil) else { return nil }
        return String(name)
    }

    private static func isHostScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "0"..."9", "-", ".", "_", "[", "]", ":": true
        default: false
        }
    }

    private static func isLoopback(_ name: String) -> Bool {
        if name == "localhost" || name.hasSuffix(".localhost") || name == "[::1]" { return true }
        let octets = name.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127" && octets.allSatisfy { UInt8($0) != nil }
    }
}
