import AuroraModel

/// What is known of the software behind each port, in one form.
enum Recognition {
    static func of(_ inventory: Inventory) -> [Recognised] {
        let software = inventory.software
        var known: [Recognised] = []
        known += software.postgres.map(recognised)
        known += software.redis.map(recognised)
        known += software.engines.map(recognised)
        known += software.monitors.map(recognised)
        known += software.webServers.flatMap { recognised($0, inventory.system.listeners) }
        known += software.webApps.compactMap(recognised)
        let ports = Set(known.map(\.port))
        return known + inventory.system.listeners.filter { !ports.contains($0.port) }.compactMap(byName)
    }

    private static func recognised(_ facts: PostgresFacts) -> Recognised {
        let own = (facts.databases ?? []).map(\.name).filter { !["postgres", "template0", "template1"].contains($0) }
        let database = own.count == 1 && own[0].utf8.allSatisfy(isPlain) ? own[0] : "postgres"
        return Recognised(
            port: facts.place.port, kind: .postgres, url: "postgresql://\(facts.place.address)/\(database)",
            detail: titled("PostgreSQL", facts.version))
    }

    private static func recognised(_ facts: RedisFacts) -> Recognised {
        let detail = titled("Redis", facts.version) + (facts.wantsPassword ? " (asks for a password)" : "")
        return Recognised(
            port: facts.place.port, kind: .redis, url: "redis://\(facts.place.address)", config: [facts.configFile].compactMap(\.self),
            detail: detail)
    }

    private static func recognised(_ facts: EngineFacts) -> Recognised {
        let kind: KeptKind = facts.kind == .ollama ? .ollama : .openai
        let models = facts.models.isEmpty ? "" : ", \(facts.models.count) model\(facts.models.count == 1 ? "" : "s")"
        let title = facts.kind == .ollama ? "Ollama" : "OpenAI-compatible engine"
        return Recognised(
            port: facts.place.port, kind: kind, url: "http://\(facts.place.address)", detail: titled(title, facts.version) + models)
    }

    private static func recognised(_ facts: MonitorFacts) -> Recognised {
        let isGrafana = facts.kind == .grafana
        return Recognised(
            port: facts.place.port, kind: isGrafana ? .grafana : .prometheus, url: "http://\(facts.place.address)",
            health: isGrafana ? "/api/health" : "/-/healthy", detail: titled(isGrafana ? "Grafana" : "Prometheus", facts.version))
    }

    private static func recognised(_ facts: WebAppFacts) -> Recognised? {
        guard let place = facts.place else { return nil }
        return Recognised(
            port: place.port, kind: .http, url: "http://\(place.address)", health: facts.healthPath,
            detail: [facts.runner, facts.app].compactMap(\.self).joined(separator: " "))
    }

    /// The ports of its sites that are open; of them the one without TLS, and then the lowest, is where it is asked.
    private static func recognised(_ facts: WebServerFacts, _ listeners: [Listener]) -> [Recognised] {
        let listens = facts.sites.filter { !$0.isStream }.flatMap(\.listens).filter { !$0.isUDP }
        let open = listeners.filter { $0.transport == .tcp && facts.kind.programs.contains($0.owner?.name ?? "") }
        return open.compactMap { listener in
            guard let listen = listens.first(where: { $0.port == listener.port }) else { return nil }
            return Recognised(
                port: listener.port, kind: facts.kind == .nginx ? .nginx : .http,
                url: "\(listen.isTLS ? "https" : "http")://\(listener.reachableHost):\(listener.port)", config: config(facts),
                name: facts.kind == .nginx ? nil : facts.kind.rawValue, detail: title(facts))
        }
    }

    private static func title(_ facts: WebServerFacts) -> String {
        let names = facts.sites.flatMap(\.names).filter { $0 != "_" }
        let shown = names.prefix(3).joined(separator: " ") + (names.count > 3 ? " …" : "")
        return shown.isEmpty ? facts.kind.rawValue : "\(facts.kind.rawValue) for \(shown)"
    }

    /// Its folder, where that is one of its own; files that lie elsewhere, one by one.
    private static func config(_ facts: WebServerFacts) -> [String] {
        let folder = String(facts.mainFile.prefix(upTo: facts.mainFile.lastIndex(of: "/") ?? facts.mainFile.startIndex))
        guard folder.split(separator: "/").count > 1 else { return facts.files.isEmpty ? [facts.mainFile] : facts.files }
        return [folder] + facts.files.filter { !$0.hasPrefix("\(folder)/") }
    }

    /// Programs that tell by their name alone what they are.
    private static let programs: [String: KeptKind] = [
        "nginx": .nginx, "postgres": .postgres, "postmaster": .postgres, "redis-server": .redis, "valkey-server": .redis,
    ]

    private static func byName(_ listener: Listener) -> Recognised? {
        guard listener.transport == .tcp, let kind = listener.owner.flatMap({ programs[$0.name] }) else { return nil }
        return Recognised(port: listener.port, kind: kind)
    }

    private static func titled(_ title: String, _ version: String?) -> String { version.map { "\(title) \($0)" } ?? title }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: "_")
    }
}

extension ServerPlace {
    /// `127.0.0.1:5432`, `[::1]:5432`.
    fileprivate var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension WebServerFacts.Kind {
    /// What the kernel calls its processes.
    fileprivate var programs: Set<String> {
        switch self {
        case .nginx: ["nginx", "openresty"]
        case .caddy: ["caddy"]
        case .apache: ["apache2", "httpd"]
        }
    }
}
