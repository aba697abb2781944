import AuroraModel
import Foundation

/// What a probe found at a port.
struct ProbeFindings: Sendable, Equatable {
    var postgres: [PostgresFacts] = []
    var redis: [RedisFacts] = []
    var engines: [EngineFacts] = []
    var monitors: [MonitorFacts] = []
    var auroras: [AuroraFacts] = []
    var apps: [WebAppFacts] = []
    var unseen: [Unseen] = []
}

/// Asks ports that speak HTTP. One that accepts and says nothing costs one wait.
struct HTTPProbes {
    static let limit = Duration.milliseconds(500)
    static let healthPaths = ["/health", "/healthz", "/api/health", "/ready", "/"]

    let machine: any MachineReading
    let probe: Probe

    enum Answer {
        case silent
        case aurora(version: String?)
        case page(status: Int, body: [UInt8])
    }

    func run() async -> ProbeFindings {
        switch probe.kind {
        case .ollama: await ollama()
        case .engine: await engine()
        case .prometheus: await prometheus()
        case .grafana: await grafana()
        case .aurora: await aurora()
        case .webApp(let app): await webApp(app)
        case .postgres, .redis: ProbeFindings()
        }
    }

    private func ask(_ path: String) async -> Answer {
        guard let (status, headers, body) = await machine.get(probe.url + path, timeout: Self.limit) else { return .silent }
        let server = headers.first { $0.key.lowercased() == "server" }?.value ?? ""
        if server.lowercased().hasPrefix("aurora/") { return .aurora(version: String(server.dropFirst("aurora/".count))) }
        return .page(status: status, body: body)
    }

    private func decoded<Value: Decodable>(_ type: Value.Type, _ body: [UInt8]) -> Value? {
        try? JSONDecoder().decode(type, from: Data(body))
    }

    private func found(_ fill: (inout ProbeFindings) -> Void) -> ProbeFindings {
        var findings = ProbeFindings()
        fill(&findings)
        return findings
    }

    private func silent(_ what: String) -> ProbeFindings {
        found { $0.unseen.append(Unseen("\(what) at \(probe.url)", why: "it did not answer within \(Self.limit)")) }
    }
}

extension HTTPProbes {
    private struct Version: Decodable { var version: String }
    private struct ModelNames: Decodable {
        struct Model: Decodable { var name: String }
        var models: [Model]?
    }

    private func ollama() async -> ProbeFindings {
        switch await ask("/api/version") {
        case .silent: return silent("Ollama")
        case .aurora(let version): return found { $0.auroras.append(AuroraFacts(place: probe.place, version: version)) }
        case .page(200, let body):
            guard let version = decoded(Version.self, body) else { return await engine() }
            async let tags = names("/api/tags")
            async let running = names("/api/ps")
            var facts = EngineFacts(kind: .ollama, place: probe.place)
            (facts.version, facts.models, facts.loaded) = (version.version, await tags, await running)
            return found { $0.engines.append(facts) }
        case .page: return await engine()
        }
    }

    private func names(_ path: String) async -> [String] {
        guard case .page(200, let body) = await ask(path) else { return [] }
        return decoded(ModelNames.self, body)?.models?.map(\.name) ?? []
    }

    private struct ModelList: Decodable {
        struct Model: Decodable { var id: String }
        var data: [Model]
    }

    private func engine() async -> ProbeFindings {
        switch await ask("/v1/models") {
        case .silent: return silent("what")
        case .aurora(let version): return found { $0.auroras.append(AuroraFacts(place: probe.place, version: version)) }
        case .page(let status, let body):
            if status == 200, let list = decoded(ModelList.self, body) {
                var facts = EngineFacts(kind: .openai, place: probe.place)
                facts.models = list.data.map(\.id)
                return found { $0.engines.append(facts) }
            }
            var findings = ProbeFindings()
            if let owner = probe.listener.owner, let app = WebApp(owner) { findings = await webApp(app) }
            if status == 401 || status == 403 {
                findings.unseen.append(
                    Unseen(
                        "models of \(probe.url)", why: "it answers \(status) without a key",
                        fix: "name it under engines: in the manifest, with its key"))
            }
            return findings
        }
    }

    private struct Build: Decodable {
        struct Content: Decodable { var version: String? }
        var data: Content?
        var version: String?
    }

    private func prometheus() async -> ProbeFindings { await monitor(.prometheus, "/api/v1/status/buildinfo") { $0.data?.version } }

    private func grafana() async -> ProbeFindings { await monitor(.grafana, "/api/health") { $0.version } }

    private func monitor(
        _ kind: MonitorFacts.Kind, _ path: String, _ version: (Build) -> String?
    ) async -> ProbeFindings {
        switch await ask(path) {
        case .silent: return silent(kind.rawValue)
        case .aurora(let version): return found { $0.auroras.append(AuroraFacts(place: probe.place, version: version)) }
        case .page(_, let body):
            let version = decoded(Build.self, body).flatMap(version)
            // Without an owner only the answer says what it is.
            guard probe.listener.owner != nil || probe.place.container != nil || version != nil else { return ProbeFindings() }
            return found { $0.monitors.append(MonitorFacts(kind: kind, place: probe.place, version: version)) }
        }
    }

    private func aurora() async -> ProbeFindings {
        guard case .aurora(let version) = await ask("/health") else { return ProbeFindings() }
        return found { $0.auroras.append(AuroraFacts(place: probe.place, version: version)) }
    }

    private func webApp(_ app: WebApp) async -> ProbeFindings {
        var facts = WebAppFacts(app, probe.listener.owner)
        facts.place = probe.place
        for path in Self.healthPaths {
            switch await ask(path) {
            case .silent:
                facts.healthPath = nil
                return found { findings in
                    findings.apps.append(facts)
                    findings.unseen.append(
                        Unseen("health path of \(probe.url)", why: "'\(path)' was not answered within \(Self.limit)"))
                }
            case .aurora(let version): return found { $0.auroras.append(AuroraFacts(place: probe.place, version: version)) }
            case .page(200..<400, _):
                facts.healthPath = path
                return found { $0.apps.append(facts) }
            case .page: continue
            }
        }
        return found { $0.apps.append(facts) }
    }
}

extension WebAppFacts {
    init(_ app: WebApp, _ process: ProcessFacts?) {
        self.init(runner: app.runner)
        self.app = app.app
        environmentFolder = app.environmentFolder
        socket = app.socket
        workingFolder = process?.workingFolder
        pid = process?.pid
    }
}
