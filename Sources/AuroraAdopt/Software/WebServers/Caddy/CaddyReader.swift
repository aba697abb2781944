import AuroraModel

/// What a Caddyfile means where it is simple: sites, where they hand requests to, which folders they serve.
///
/// Everything else is told as not seen, with its place.
struct CaddyReader {
    private(set) var facts: WebServerFacts
    private(set) var unseen: [Unseen] = []
    private var snippets: [String: [CaddyDirective]] = [:]
    private var files: ConfigFiles
    private var ports: (http: Int, https: Int) = (80, 443)

    /// They change how an answer looks, not where it comes from.
    private static let harmless: Set<String> = [
        "tls", "log", "encode", "header", "bind", "request_header", "request_body", "basicauth", "basic_auth", "metrics", "tracing",
        "skip_log", "log_skip", "vars", "push", "map", "handle_errors", "intercept", "fs", "index", "acme_server", "log_append",
    ]

    static func read(_ mainFile: String, on machine: any MachineReading) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        var reader = CaddyReader(facts: WebServerFacts(kind: .caddy, mainFile: mainFile), files: ConfigFiles(machine))
        let directives = reader.directives(of: mainFile, from: nil)
        reader.readSites(directives)
        reader.facts.files = reader.files.read
        return (reader.facts.files.isEmpty ? nil : reader.facts, reader.files.unseen + reader.unseen)
    }

    private init(facts: WebServerFacts, files: ConfigFiles) { (self.facts, self.files) = (facts, files) }

    private mutating func directives(of path: String, from place: FilePlace?) -> [CaddyDirective] {
        guard let bytes = files.enter(path, from: place) else { return [] }
        defer { files.leave() }
        let (directives, problem) = CaddyParser.parse(String(decoding: bytes, as: UTF8.self), file: path)
        if let problem { files.miss("the rest of '\(path)'", why: problem, fix: "let 'caddy validate' check the configuration") }
        return resolved(directives, depth: 0)
    }

    /// Puts in what `import` names, a snippet or files. Snippets that import themselves end at a depth.
    private mutating func resolved(_ directives: [CaddyDirective], depth: Int) -> [CaddyDirective] {
        var result: [CaddyDirective] = []
        for var directive in directives {
            if let snippet = Self.snippet(directive) {
                snippets[snippet] = directive.block
                continue
            }
            guard directive.name == "import", let name = directive.arguments.first else {
                if let block = directive.block { directive.block = resolved(block, depth: depth) }
                result.append(directive)
                continue
            }
            guard depth < ConfigFiles.depthLimit, result.count < ConfigFiles.countLimit else {
                miss("\(directive.place): import of '\(name)'", why: "imports over \(ConfigFiles.depthLimit) deep")
                continue
            }
            result += imported(name, directive, depth: depth)
        }
        return result
    }

    private mutating func imported(_ name: String, _ directive: CaddyDirective, depth: Int) -> [CaddyDirective] {
        if let snippet = snippets[name] {
            if directive.arguments.count > 1 {
                miss("\(directive.place): import of '\(name)' with arguments", why: "what they change in the snippet is not worked out")
            }
            return resolved(snippet, depth: depth + 1)
        }
        let folder = Paths.folder(of: directive.place.file)
        let paths = files.expand(Paths.absolute(name, in: folder), from: directive.place)
        return paths.flatMap { directives(of: $0, from: directive.place) }
    }

    private static func snippet(_ directive: CaddyDirective) -> String? {
        guard directive.words.count == 1, directive.name.hasPrefix("("), directive.name.hasSuffix(")") else { return nil }
        return String(directive.name.dropFirst().dropLast())
    }

    private mutating func miss(_ what: String, why: String) { unseen.append(Unseen(what, why: why)) }
}

extension CaddyReader {
    private mutating func readSites(_ directives: [CaddyDirective]) {
        var directives = directives[...]
        if let first = directives.first, first.words.isEmpty {
            readOptions(first.block ?? [])
            directives.removeFirst()
        }
        // A file of one site may leave the braces out: its first line is the address.
        if let first = directives.first, first.block == nil {
            addSite(CaddyDirective(words: first.words, block: Array(directives.dropFirst()), place: first.place))
            return
        }
        for directive in directives {
            if directive.block != nil {
                addSite(directive)
            } else {
                miss("\(directive.place): '\(directive.name)'", why: "it stands outside of any site")
            }
        }
    }

    private mutating func readOptions(_ options: [CaddyDirective]) {
        for option in options {
            guard let port = option.arguments.first.flatMap({ HostPort.port($0[...]) }) else { continue }
            if option.name == "http_port" { ports.http = port }
            if option.name == "https_port" { ports.https = port }
        }
    }

    private mutating func addSite(_ directive: CaddyDirective) {
        var site = WebSite(place: directive.place)
        let addresses = directive.words.flatMap { $0.split(separator: ",").map(String.init) }
        for address in addresses { read(address, into: &site) }
        var scope = Scope(place: directive.place)
        read(directive.block ?? [], into: &scope)
        site.root = scope.own.root
        site.proxy = scope.own.proxy
        site.tryFiles = scope.own.tryFiles
        site.locations = scope.locations
        facts.sites.append(site)
    }

    /// `example.com`, `http://example.com:8080`, `:8080`, `example.com/path`.
    private mutating func read(_ address: String, into site: inout WebSite) {
        guard !address.contains("{") else {
            miss("\(site.place): address '\(address)'", why: "it comes from an environment that is not known here")
            return
        }
        var rest = address[...]
        var isTLS: Bool?
        if let scheme = address.firstRange(of: "://") {
            isTLS = address[..<scheme.lowerBound] == "https"
            rest = address[scheme.upperBound...]
        }
        let authority = String(rest.prefix { $0 != "/" })
        let written = HostPort.split(authority.hasPrefix(":") ? "*" + authority : authority, port: 0)
        guard let written else {
            miss("\(site.place): address '\(address)'", why: "it is no host name and no port")
            return
        }
        let host = written.host == "*" || written.host.isEmpty ? nil : written.host
        let tls = isTLS ?? (written.port == 0 ? host != nil : written.port == ports.https)
        if let host, !site.names.contains(host) { site.names.append(host) }
        let listen = WebListen(port: written.port == 0 ? (tls ? ports.https : ports.http) : written.port, isTLS: tls)
        if !site.listens.contains(listen) { site.listens.append(listen) }
    }

    /// What stands in a site or in a `handle` block.
    private struct Scope {
        var own: WebLocation
        var locations: [WebLocation] = []
        var matchers: [String: [String]] = [:]

        init(place: FilePlace) { own = WebLocation(place: place, match: .prefix, path: "/") }
    }

    private mutating func read(_ directives: [CaddyDirective], into scope: inout Scope) {
        for directive in directives where directive.name.hasPrefix("@") { readMatcher(directive, into: &scope) }
        for directive in directives where !directive.name.hasPrefix("@") && !Self.harmless.contains(directive.name) {
            switch directive.name {
            case "reverse_proxy", "php_fastcgi": readProxy(directive, into: &scope)
            case "root", "file_server", "try_files": readFiles(directive, into: &scope)
            case "handle", "handle_path", "route": readBlock(directive, into: &scope)
            default: miss("\(directive.place): '\(directive.name)'", why: "what it does is not worked out")
            }
        }
    }

    /// `@api path /api/*`, or the same as a block of one line.
    private mutating func readMatcher(_ directive: CaddyDirective, into scope: inout Scope) {
        var words = Array(directive.arguments)
        if words.isEmpty, let only = directive.block?.first, directive.block?.count == 1 { words = only.words }
        if words.first == "path", words.count > 1 { scope.matchers[directive.name] = Array(words.dropFirst()) }
    }

    /// The paths of a directive and what follows them; nil when its matcher is more than paths.
    private mutating func paths(of directive: CaddyDirective, in scope: Scope) -> (paths: [String], rest: ArraySlice<String>)? {
        guard let first = directive.arguments.first else { return (["*"], []) }
        if first == "*" { return (["*"], directive.arguments.dropFirst()) }
        if first.hasPrefix("/"), directive.name != "root" || directive.arguments.count > 1 {
            return ([first], directive.arguments.dropFirst())
        }
        guard first.hasPrefix("@") else { return (["*"], directive.arguments) }
        if let paths = scope.matchers[first] { return (paths, directive.arguments.dropFirst()) }
        miss("\(directive.place): which requests '\(first)' means", why: "only paths are read")
        return nil
    }

    private mutating func readProxy(_ directive: CaddyDirective, into scope: inout Scope) {
        guard let (paths, rest) = paths(of: directive, in: scope) else { return }
        let block = directive.block ?? []
        let written = Array(rest) + block.filter { $0.name == "to" }.flatMap(\.arguments)
        guard !written.isEmpty else {
            miss("\(directive.place): where 'reverse_proxy' leads to", why: "its servers are found while it runs")
            return
        }
        var target = ProxyTarget.nginx(directive.name == "php_fastcgi" ? .fastcgi : .http, Self.url(written[0]), upstreams: [])
        target.written = written.map(SafeURL.text).joined(separator: " ")
        target.addresses = written.flatMap { Self.addresses($0) }
        if target.addresses.isEmpty { miss("\(directive.place): where '\(target.written)' leads to", why: "it is computed") }
        add(paths, at: directive.place, to: &scope) { $0.proxy = target }
    }

    private static func url(_ written: String) -> String { written.contains("://") ? written : "http://" + written }

    private static func addresses(_ written: String) -> [String] {
        if written.hasPrefix("unix/") { return ["unix:" + written.dropFirst(5)] }
        guard !written.contains("{") else { return [] }
        let withHost = written.hasPrefix(":") ? "localhost" + written : written
        return ProxyTarget.nginx(.http, url(withHost), upstreams: []).addresses
    }

    private mutating func readFiles(_ directive: CaddyDirective, into scope: inout Scope) {
        if directive.name == "try_files" {
            scope.own.tryFiles = Array(directive.arguments)
            return
        }
        guard let (paths, rest) = paths(of: directive, in: scope) else { return }
        guard directive.name == "root" else { return }
        guard let root = rest.first else { return }
        add(paths, at: directive.place, to: &scope) { $0.root = root }
    }

    private mutating func readBlock(_ directive: CaddyDirective, into scope: inout Scope) {
        guard let (paths, _) = paths(of: directive, in: scope) else { return }
        var inner = Scope(place: directive.place)
        inner.matchers = scope.matchers
        read(directive.block ?? [], into: &inner)
        add(paths, at: directive.place, to: &scope) { location in
            location.root = inner.own.root ?? location.root
            location.proxy = inner.own.proxy ?? location.proxy
            location.tryFiles = inner.own.tryFiles.isEmpty ? location.tryFiles : inner.own.tryFiles
            location.locations += inner.locations
        }
    }

    /// The whole scope for `*`, else one location for each path: `/api/*` is a prefix, `/api` is exact.
    private func add(_ paths: [String], at place: FilePlace, to scope: inout Scope, _ change: (inout WebLocation) -> Void) {
        for path in paths {
            guard path != "*", path != "/*" else {
                change(&scope.own)
                scope.locations += scope.own.locations
                scope.own.locations = []
                continue
            }
            let isPrefix = path.hasSuffix("*")
            var location = WebLocation(place: place, match: isPrefix ? .prefix : .exact, path: isPrefix ? String(path.dropLast()) : path)
            change(&location)
            scope.locations.append(location)
        }
    }
}
