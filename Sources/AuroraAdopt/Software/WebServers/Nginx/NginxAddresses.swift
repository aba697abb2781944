/// The forms of `listen`: a port, an address, both, or a unix socket, with words behind.
enum NginxListen {
    static func read(_ arguments: [String], isTLS: Bool) -> WebListen? {
        guard let written = arguments.first else { return nil }
        let words = Set(arguments.dropFirst())
        let isTLS = isTLS || words.contains("ssl") || words.contains("quic")
        let isDefault = words.contains("default_server") || words.contains("default")
        let isUDP = words.contains("udp") || words.contains("quic")
        if written.hasPrefix("unix:") {
            return WebListen(port: nil, socket: String(written.dropFirst(5)), isTLS: isTLS, isDefault: isDefault)
        }
        guard let (address, port) = HostPort.split(written, port: 80) else { return nil }
        let every = ["", "*", "0.0.0.0"].contains(address)
        return WebListen(address: every ? nil : address, port: port, isTLS: isTLS, isDefault: isDefault, isUDP: isUDP)
    }
}

/// `host:port` as servers write it.
enum HostPort {
    /// Host and port of `80`, `*:80`, `[::1]:80`, `localhost`, `localhost:8000-8010` (the first); nil when it is none of these.
    static func split(_ text: String, port fallback: Int) -> (host: String, port: Int)? {
        if text.allSatisfy(\.isWholeNumber), !text.isEmpty { return port(text[...]).map { ("", $0) } }
        let host: Substring
        var rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
        } else {
            host = text.prefix { $0 != ":" }
            rest = text[host.endIndex...]
        }
        guard !rest.isEmpty else { return host.isEmpty ? nil : (String(host), fallback) }
        guard rest.removeFirst() == ":" else { return nil }
        return port(rest.prefix { $0 != "-" }).map { (String(host), $0) }
    }

    static func port(_ text: Substring) -> Int? { Int(text).flatMap { (1...65_535).contains($0) ? $0 : nil } }

    /// With brackets where the host is an IPv6 address.
    static func joined(_ host: String, _ port: Int) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension ProxyTarget.Wire {
    init?(directive: String) {
        switch directive {
        case "proxy_pass": self = .http
        case "fastcgi_pass": self = .fastcgi
        case "uwsgi_pass": self = .uwsgi
        case "scgi_pass": self = .scgi
        case "grpc_pass": self = .grpc
        case "memcached_pass": self = .memcached
        default: return nil
        }
    }

    /// The port when none is written.
    var port: Int { self == .https || self == .grpcs ? 443 : 80 }
}

extension ProxyTarget {
    /// What `proxy_pass` and its relatives name, through the groups that are known.
    static func nginx(_ wire: Wire, _ written: String, upstreams: [UpstreamGroup]) -> ProxyTarget {
        var target = ProxyTarget(wire: wire, written: SafeURL.text(written))
        var rest = written[...]
        if let scheme = written.firstRange(of: "://") {
            target.wire = Wire(rawValue: String(written[..<scheme.lowerBound])) ?? wire
            rest = written[scheme.upperBound...]
        } else if wire == .http {
            target.wire = .tcp
        }
        let isUnix = rest.hasPrefix("unix:")
        let authority = isUnix ? rest.dropFirst(5).prefix { $0 != ":" } : rest.prefix { $0 != "/" && $0 != "?" }
        let tail = rest[authority.endIndex...]
        let path = isUnix ? tail.dropFirst() : tail
        target.path = path.isEmpty || wire != .http ? nil : String(path)
        guard !authority.contains("$"), !authority.isEmpty else { return target }
        if isUnix {
            target.addresses = ["unix:\(authority)"]
        } else if let group = upstreams.first(where: { $0.name == authority }) {
            target.upstream = group.name
            target.addresses = group.servers.filter { !$0.isDown }.map { Self.address($0.address, port: target.wire.port) }
        } else {
            target.addresses = [Self.address(String(authority.split(separator: "@").last ?? authority), port: target.wire.port)]
        }
        return target
    }

    private static func address(_ written: String, port: Int) -> String {
        if written.hasPrefix("unix:") { return written }
        return HostPort.split(written, port: port).map { HostPort.joined($0.host, $0.port) } ?? written
    }
}

/// A URL that may be shown: what stands between `://` and `@` is left out.
enum SafeURL {
    static func text(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url }
        let rest = url[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = authority.lastIndex(of: "@") else { return url }
        return url[..<scheme.upperBound] + "***" + url[at...]
    }
}
