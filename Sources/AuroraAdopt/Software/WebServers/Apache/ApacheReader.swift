import AuroraModel

/// What a configuration of Apache's httpd means where it is simple: virtual hosts, folders, proxies.
///
/// What hangs on modules that are not seen to be loaded, on conditions or on rewriting is told as not seen, with its place.
struct ApacheReader {
    private(set) var facts: WebServerFacts
    private(set) var unseen: [Unseen] = []
    private var files: ConfigFiles
    private var serverRoot: String
    private var variables: [String: String] = [:]
    private var modules: Set<String> = ["core.c", "http_core.c", "mod_so.c", "mod_log_config.c", "mod_version.c", "mod_unixd.c"]
    private var listens: [WebListen] = []

    static func read(_ mainFile: String, on machine: any MachineReading) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        var reader = ApacheReader(mainFile, machine)
        var main = WebSite(place: FilePlace(mainFile, 1))
        reader.readFile(mainFile, from: nil, into: &main)
        guard !reader.files.read.isEmpty else { return (nil, reader.files.unseen) }
        if main.root != nil || main.proxy != nil || !main.locations.isEmpty {
            main.listens = reader.listens
            reader.facts.sites.append(main)
        }
        reader.facts.files = reader.files.read
        return (reader.facts, reader.files.unseen + reader.unseen)
    }

    private init(_ mainFile: String, _ machine: any MachineReading) {
        facts = WebServerFacts(kind: .apache, mainFile: mainFile)
        files = ConfigFiles(machine)
        serverRoot = Paths.folder(of: mainFile)
        readVariables(Paths.absolute("envvars", in: serverRoot), on: machine)
    }

    /// Debian keeps the variables of its configuration in a script of plain `export NAME=value` lines.
    private mutating func readVariables(_ path: String, on machine: any MachineReading) {
        let bytes: [UInt8]? = try? machine.read(path, limit: 1 << 16)
        for line in String(decoding: bytes ?? [], as: UTF8.self).split(whereSeparator: \.isNewline) where line.hasPrefix("export ") {
            let parts = line.dropFirst(7).split(separator: "=", maxSplits: 1)
            guard parts.count == 2, !parts[1].contains("`"), !parts[1].contains("$(") else { continue }
            let value = parts[1].replacing("$SUFFIX", with: "").filter { $0 != "\"" && $0 != "'" }
            variables[String(parts[0])] = value
        }
    }

    private mutating func miss(_ what: String, why: String, fix: String? = nil) { unseen.append(Unseen(what, why: why, fix: fix)) }
}

extension ApacheReader {
    private mutating func readFile(_ path: String, from place: FilePlace?, into site: inout WebSite) {
        guard let bytes = files.enter(path, from: place) else { return }
        defer { files.leave() }
        let (directives, problem) = ApacheParser.parse(String(decoding: bytes, as: UTF8.self), file: path)
        if let problem { files.miss("the rest of '\(path)'", why: problem, fix: "let 'apachectl configtest' check the configuration") }
        read(directives, into: &site)
    }

    private mutating func read(_ directives: [ApacheDirective], into site: inout WebSite) {
        for directive in directives {
            guard let words = expanded(directive) else { continue }
            if let section = directive.section {
                readSection(directive, words, section, into: &site)
            } else {
                readLine(directive, words, into: &site)
            }
        }
    }

    /// The arguments with `${NAME}` put in; nil, and told, when a name is not known where it matters.
    private mutating func expanded(_ directive: ApacheDirective) -> [String]? {
        var words: [String] = []
        for argument in directive.arguments {
            guard let text = expanded(argument) else {
                let matters = [
                    "include", "includeoptional", "documentroot", "proxypass", "servername", "serveralias", "listen", "virtualhost",
                ]
                if matters.contains(directive.name.lowercased()) {
                    miss(
                        "\(directive.place): '\(directive.name) \(argument)'", why: "a variable in it is not set in any file that was read")
                }
                return nil
            }
            words.append(text)
        }
        return words
    }

    private func expanded(_ text: String) -> String? {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstRange(of: "${"), let end = rest[dollar.upperBound...].firstIndex(of: "}") {
            // Definitions made of each other must not grow without end.
            guard let value = variables[String(rest[dollar.upperBound..<end])], result.utf8.count + value.utf8.count < 1 << 14 else {
                return nil
            }
            result += rest[..<dollar.lowerBound] + value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private mutating func readLine(_ directive: ApacheDirective, _ words: [String], into site: inout WebSite) {
        guard let first = words.first else { return }
        switch directive.name.lowercased() {
        case "include", "includeoptional": include(first, directive, into: &site)
        case "serverroot": serverRoot = first
        case "define": variables[first] = words.dropFirst().first ?? ""
        case "loadmodule": if words.count > 1 { load(first, file: words[1]) }
        case "listen": readListen(words, at: directive.place)
        case "servername": site.names.insert(Self.host(first), at: 0)
        case "serveralias": site.names += words
        case "documentroot": site.root = Paths.absolute(first, in: serverRoot)
        case "directoryindex": site.index = words
        case "sslengine": if first.lowercased() == "on" { for index in site.listens.indices { site.listens[index].isTLS = true } }
        case "alias": if words.count > 1 { addAlias(first, words[1], directive.place, to: &site) }
        case "proxypass": readProxy(path: nil, words, directive, into: &site)
        case "proxypassmatch", "rewriterule", "usemacro", "use", "proxypassinterpolateenv", "aliasmatch":
            if directive.isNamed("rewriterule"), !words.contains(where: { $0.hasPrefix("[") && $0.contains("P") }) { return }
            miss("\(directive.place): '\(directive.name) \(first)'", why: "it is worked out for each request, or by a macro")
        default: break
        }
    }

    private mutating func include(_ path: String, _ directive: ApacheDirective, into site: inout WebSite) {
        let absolute = Paths.absolute(path, in: serverRoot)
        if files.machine.isFolder(absolute) {
            for file in files.expand(absolute + "/*", from: directive.place) { readFile(file, from: directive.place, into: &site) }
            return
        }
        for file in files.expand(absolute, from: directive.place) {
            if directive.isNamed("IncludeOptional"), !Glob.isPattern(absolute), (try? files.machine.read(file, limit: 1)) == .some(nil) {
                continue
            }
            readFile(file, from: directive.place, into: &site)
        }
    }

    /// `LoadModule ssl_module modules/mod_ssl.so`: conditions may name it by either word.
    private mutating func load(_ name: String, file: String) {
        modules.insert(name)
        let stem = Paths.name(of: file).prefix { $0 != "." }
        modules.insert("\(stem).c")
    }

    private mutating func readListen(_ words: [String], at place: FilePlace) {
        guard let first = words.first, let (host, port) = HostPort.split(first, port: 80) else {
            miss("\(place): 'Listen \(words.first ?? "")'", why: "it is no port")
            return
        }
        listens.append(WebListen(address: host.isEmpty ? nil : host, port: port, isTLS: words.last == "https"))
    }

    private static func host(_ name: String) -> String {
        let bare = name.firstRange(of: "://").map { name[$0.upperBound...] } ?? name[...]
        return String(bare.prefix { $0 != ":" })
    }
}

extension ApacheReader {
    private mutating func readSection(
        _ directive: ApacheDirective, _ words: [String], _ section: [ApacheDirective], into site: inout WebSite
    ) {
        switch directive.name.lowercased() {
        case "virtualhost": readHost(directive, words, section)
        case "location": readLocation(directive, words, section, into: &site)
        case "ifmodule": readIfModule(directive, words, section, into: &site)
        case "directory", "files", "filesmatch", "directorymatch", "limit", "limitexcept", "requireall", "requireany", "proxy": break
        default:
            guard Self.decides(section) else { return }
            miss(
                "\(directive.place): what '<\(directive.name) \(words.joined(separator: " "))>' holds", why: "it is a condition or a macro")
        }
    }

    private mutating func readIfModule(
        _ directive: ApacheDirective, _ words: [String], _ section: [ApacheDirective], into site: inout WebSite
    ) {
        guard let name = words.first else { return }
        if name.hasPrefix("!") {
            if !modules.contains(String(name.dropFirst())), Self.decides(section) {
                miss("\(directive.place): what '<IfModule \(name)>' holds", why: "the module may be built in")
            }
            return
        }
        if modules.contains(name) { return read(section, into: &site) }
        if Self.decides(section) {
            miss("\(directive.place): what '<IfModule \(name)>' holds", why: "no file that was read loads the module")
        }
    }

    /// Whether a section says where requests go, so that leaving it out matters.
    private static func decides(_ section: [ApacheDirective]) -> Bool {
        let decisive: Set<String> = ["virtualhost", "listen", "proxypass", "documentroot", "include", "includeoptional", "location"]
        return section.contains { decisive.contains($0.name.lowercased()) || decides($0.section ?? []) }
    }

    private mutating func readHost(_ directive: ApacheDirective, _ addresses: [String], _ section: [ApacheDirective]) {
        var host = WebSite(place: directive.place)
        for address in addresses {
            guard let (name, port) = HostPort.split(address == "_default_" ? "*" : address, port: 80) else {
                miss("\(directive.place): address '\(address)'", why: "it is no host and port")
                continue
            }
            let every = ["*", "_default_", ""].contains(name)
            host.listens.append(WebListen(address: every ? nil : name, port: port))
        }
        read(section, into: &host)
        facts.sites.append(host)
    }

    private mutating func readLocation(
        _ directive: ApacheDirective, _ words: [String], _ section: [ApacheDirective], into site: inout WebSite
    ) {
        guard let path = words.first, path != "~" else {
            if Self.decides(section) { miss("\(directive.place): a location by pattern", why: "patterns are not worked out") }
            return
        }
        for inner in section where inner.isNamed("ProxyPass") {
            guard let words = expanded(inner) else { continue }
            readProxy(path: path, words, inner, into: &site)
        }
    }

    /// `ProxyPass /api http://127.0.0.1:8000/`; in a location the path is that of the location. `!` keeps a path from being handed on.
    private mutating func readProxy(path: String?, _ words: [String], _ directive: ApacheDirective, into site: inout WebSite) {
        let rest = path == nil ? words.dropFirst() : words[...]
        guard let path = path ?? words.first, let target = rest.first, target != "!" else { return }
        guard !target.hasPrefix("balancer:") else {
            miss("\(directive.place): where '\(target)' leads to", why: "balancers are not worked out")
            return
        }
        var location = WebLocation(place: directive.place, match: .prefix, path: path)
        location.proxy = Self.target(target)
        site.locations.append(location)
    }

    /// `unix:/run/app.sock|http://localhost/` is a socket with a URL that only names the host.
    private static func target(_ written: String) -> ProxyTarget {
        guard written.hasPrefix("unix:"), let bar = written.firstIndex(of: "|") else {
            let isFastCGI = written.hasPrefix("fcgi:")
            var target = ProxyTarget.nginx(.http, isFastCGI ? "fastcgi" + written.dropFirst(4) : written, upstreams: [])
            target.written = SafeURL.text(written)
            return target
        }
        let url = written[written.index(after: bar)...]
        var target = ProxyTarget(wire: wire(String(url)), written: SafeURL.text(written))
        target.addresses = [String(written[..<bar])]
        return target
    }

    private static func wire(_ url: String) -> ProxyTarget.Wire {
        if url.hasPrefix("fcgi:") { return .fastcgi }
        return url.hasPrefix("https:") ? .https : .http
    }

    private mutating func addAlias(_ path: String, _ folder: String, _ place: FilePlace, to site: inout WebSite) {
        var location = WebLocation(place: place, match: .prefix, path: path)
        location.alias = Paths.absolute(folder, in: serverRoot)
        site.locations.append(location)
    }
}
