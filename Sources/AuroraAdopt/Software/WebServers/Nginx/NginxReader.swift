import AuroraModel

/// What a configuration of nginx means: its servers, where they listen, and what becomes of a request.
struct NginxReader {
    private(set) var facts: WebServerFacts
    private(set) var unseen: [Unseen] = []
    /// `root` and the like are relative to it. Nil: only the program knows, and such paths stay as they are written.
    private let prefix: String?

    init(_ directives: [NginxDirective], mainFile: String, prefix: String?) {
        facts = WebServerFacts(kind: .nginx, mainFile: mainFile)
        self.prefix = prefix
        let blocks = directives.filter { $0.block != nil }
        // Groups first: what hands on to one may stand above it.
        for block in blocks where block.name == "http" || block.name == "stream" { readGroups(block) }
        for block in blocks {
            switch block.name {
            case "http", "stream": readServers(block)
            case "mail": miss("\(block.place): mail proxy", why: "only 'http' and 'stream' are read")
            default: break
            }
        }
    }

    private mutating func readGroups(_ block: NginxDirective) {
        for directive in block.block ?? [] {
            switch directive.name {
            case "upstream": readUpstream(directive)
            case "map" where directive.arguments.count >= 2:
                facts.maps.append(WebMap(place: directive.place, source: directive.arguments[0], variable: directive.arguments[1]))
            default: break
            }
        }
    }

    private mutating func readUpstream(_ directive: NginxDirective) {
        guard let name = directive.arguments.first else { return }
        var group = UpstreamGroup(place: directive.place, name: name)
        for server in directive.all("server") {
            guard let address = server.arguments.first else { continue }
            let words = server.arguments.dropFirst()
            let weight = words.first { $0.hasPrefix("weight=") }.flatMap { Int($0.dropFirst(7)) }
            group.servers.append(
                .init(address, weight: weight, isBackup: words.contains("backup"), isDown: words.contains("down")))
        }
        if group.servers.isEmpty { miss("\(directive.place): servers of '\(name)'", why: "they are decided by code or by a module") }
        facts.upstreams.append(group)
    }

    private mutating func readServers(_ block: NginxDirective) {
        let isStream = block.name == "stream"
        let inherited = Inherited(Inherited(root: nil, index: [], tls: nil), block)
        for server in block.all("server") {
            var site = WebSite(place: server.place)
            site.isStream = isStream
            let own = Inherited(inherited, server)
            site.names = server.all("server_name").flatMap(\.arguments).filter { !$0.isEmpty }
            site.listens = server.all("listen").compactMap { NginxListen.read($0.arguments, isTLS: own.tls == "on") }
            if site.listens.isEmpty { site.listens = [WebListen(port: 80)] }
            site.root = own.root.map(path)
            site.index = own.index
            site.tryFiles = server.last("try_files")?.arguments ?? []
            site.proxy = proxy(in: server)
            site.locations = locations(in: server)
            facts.sites.append(site)
        }
    }

    private mutating func locations(in block: NginxDirective) -> [WebLocation] {
        noteConditions(in: block)
        return block.all("location").compactMap { directive in
            guard var location = Self.location(directive.arguments, at: directive.place) else {
                miss("\(directive.place): a location", why: "'\(directive.arguments.joined(separator: " "))' is no path")
                return nil
            }
            location.root = directive.last("root")?.arguments.first.map(path)
            location.alias = directive.last("alias")?.arguments.first.map(path)
            location.index = directive.last("index")?.arguments ?? []
            location.tryFiles = directive.last("try_files")?.arguments ?? []
            location.proxy = proxy(in: directive)
            location.locations = locations(in: directive)
            return location
        }
    }

    /// `location = /x`, `location =/x`, `location /x`, `location @x`.
    static func location(_ arguments: [String], at place: FilePlace) -> WebLocation? {
        guard let first = arguments.first else { return nil }
        if arguments.count >= 2 {
            return WebLocation.Match(rawValue: first).flatMap { match in
                match == .prefix || match == .named ? nil : WebLocation(place: place, match: match, path: arguments[1])
            }
        }
        if first.hasPrefix("@") { return WebLocation(place: place, match: .named, path: first) }
        for match in [WebLocation.Match.preferredPrefix, .patternAnyCase, .pattern, .exact] where first.hasPrefix(match.rawValue) {
            let path = String(first.dropFirst(match.rawValue.count))
            return path.isEmpty ? nil : WebLocation(place: place, match: match, path: path)
        }
        return WebLocation(place: place, match: .prefix, path: first)
    }

    /// What an `if` does depends on the request, and code decides what it likes: it is told, not guessed.
    private mutating func noteConditions(in block: NginxDirective) {
        for directive in block.block ?? [] {
            if directive.name == "if" {
                let decisive = ["proxy_pass", "fastcgi_pass", "uwsgi_pass", "grpc_pass", "root", "alias", "rewrite"]
                guard (directive.block ?? []).contains(where: { decisive.contains($0.name) }) else { continue }
                miss("\(directive.place): what '\(shown(directive))' leads to", why: "it depends on the request")
            } else if directive.name.contains("_by_lua") {
                miss("\(directive.place): what '\(directive.name)' does", why: "it is code in Lua")
            }
        }
    }

    private func shown(_ directive: NginxDirective) -> String { ([directive.name] + directive.arguments).joined(separator: " ") }

    private func path(_ written: String) -> String {
        guard let prefix, !written.hasPrefix("$") else { return written }
        return Paths.absolute(written, in: prefix)
    }

    private mutating func miss(_ what: String, why: String) { unseen.append(Unseen(what, why: why)) }
}

extension NginxReader {
    private mutating func proxy(in block: NginxDirective) -> ProxyTarget? {
        for directive in block.block ?? [] {
            guard let wire = ProxyTarget.Wire(directive: directive.name), let written = directive.arguments.first else { continue }
            let target = ProxyTarget.nginx(wire, written, upstreams: facts.upstreams)
            if target.addresses.isEmpty {
                miss("\(directive.place): where '\(target.written)' leads to", why: "it is computed for each request")
            }
            return target
        }
        return nil
    }
}

/// What a block takes from the blocks around it when it does not say it itself.
private struct Inherited {
    var root: String?
    var index: [String]
    var tls: String?

    init(root: String?, index: [String], tls: String?) { (self.root, self.index, self.tls) = (root, index, tls) }

    init(_ outer: Inherited, _ block: NginxDirective) {
        root = block.last("root")?.arguments.first ?? outer.root
        index = block.last("index")?.arguments ?? outer.index
        tls = block.last("ssl")?.arguments.first ?? outer.tls
    }
}
