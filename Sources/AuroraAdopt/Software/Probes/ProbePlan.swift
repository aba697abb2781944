import AuroraModel

/// What a port may be asked, decided before anything is sent.
///
/// A daemon of unknown kind is never sent a byte: some answer garbage with a log entry, some with a ban.
enum ProbeKind: Sendable, Equatable {
    case postgres
    case redis
    case ollama
    /// Asked for its list of models first, and as a web application when it has none.
    case engine
    case prometheus
    case grafana
    case aurora
    case webApp(WebApp)
}

/// One port and the way it will be asked.
struct Probe: Sendable, Equatable {
    var kind: ProbeKind
    var place: ServerPlace
    var listener: Listener

    var url: String { "http://\(HostPort.joined(place.host, place.port))" }
}

/// Decides for all listeners which of them are asked what: a pure function.
enum ProbePlan {
    /// Ports at which engines are found by custom: Ollama's is told apart by its number, the others are LM Studio, vLLM, llama.cpp,
    /// SGLang and text-generation-webui.
    static let enginePorts: Set<Int> = [1234, 8000, 8080, 30000, 5000]

    static func probes(_ listeners: [Listener], containers: [ContainerFacts]) -> (probes: [Probe], unseen: [Unseen]) {
        var probes: [Probe] = []
        var unseen: [Unseen] = []
        var seen: Set<Int> = []
        let tcp = listeners.filter { $0.transport == .tcp }.sorted { rank($0.address) < rank($1.address) }
        for listener in tcp where !seen.contains(listener.port) {
            let container = container(of: listener, in: containers)
            guard let kind = kind(of: listener, image: container?.image) else { continue }
            seen.insert(listener.port)
            guard let host = loopback(for: listener.address) else {
                if kind != .postgres {
                    unseen.append(
                        Unseen("what answers at \(HostPort.joined(listener.address, listener.port))", why: "only loopback is asked"))
                    continue
                }
                probes.append(Probe(kind: kind, place: place(listener, listener.address, container), listener: listener))
                continue
            }
            probes.append(Probe(kind: kind, place: place(listener, host, container), listener: listener))
        }
        return (probes, unseen)
    }

    /// Where PostgreSQL keeps its unix sockets on Debian, Red Hat and by itself.
    static let socketFolders = ["/run/postgresql", "/var/run/postgresql", "/tmp"]

    /// Servers of PostgreSQL that listen on a unix socket only. Such a socket is called `.s.PGSQL.5432`.
    static func sockets(_ names: [String], in folder: String, besides listeners: [Listener], processes: [ProcessFacts]) -> [Probe] {
        let prefix = ".s.PGSQL."
        let ports = names.compactMap { $0.hasPrefix(prefix) ? HostPort.port($0.dropFirst(prefix.count)) : nil }
        let owner = processes.first { $0.container == nil && kind(program: $0.name) == .postgres }
        return ports.filter { port in !listeners.contains { $0.transport == .tcp && $0.port == port } }.map { port in
            let listener = Listener(.tcp, address: folder, port: port, owner: owner)
            return Probe(kind: .postgres, place: place(listener, folder, nil), listener: listener)
        }
    }

    private static func place(_ listener: Listener, _ host: String, _ container: ContainerFacts?) -> ServerPlace {
        ServerPlace(
            host: host, port: listener.port, pid: listener.owner?.pid, unit: listener.owner?.unit, container: container?.name)
    }

    /// IPv4 loopback is asked first, then what includes it.
    private static func rank(_ address: String) -> Int {
        if address.hasPrefix("127.") { return 0 }
        return ["0.0.0.0": 1, "::": 2, "::1": 3][address] ?? 4
    }

    /// The address by which this machine reaches what listens there; nil when it is reached only from outside.
    static func loopback(for address: String) -> String? {
        if address.hasPrefix("127.") { return address }
        switch address {
        case "0.0.0.0", "::", "*": return "127.0.0.1"
        case "::1": return "::1"
        default: return nil
        }
    }

    /// The container that publishes the port, or that the owner belongs to.
    private static func container(of listener: Listener, in containers: [ContainerFacts]) -> ContainerFacts? {
        if let id = listener.owner?.container, let found = containers.first(where: { $0.id.hasPrefix(id) || id.hasPrefix($0.id) }) {
            return found
        }
        return containers.first { container in
            container.state == "running" && container.ports.contains { $0.hostPort == listener.port && !$0.isUDP }
        }
    }
}

extension ProbePlan {
    static func kind(of listener: Listener, image: String?) -> ProbeKind? {
        if let image { return kind(image: image, port: listener.port) }
        guard let owner = listener.owner else { return kind(port: listener.port, user: listener.user) }
        if let kind = kind(program: owner.name) ?? owner.executable.flatMap({ kind(program: Paths.name(of: $0)) }) { return kind }
        let words = owner.arguments.prefix(4).map { Paths.name(of: $0) }
        if words.contains(where: { isEngine($0) }) { return .engine }
        guard let app = WebApp(owner) else { return nil }
        return enginePorts.contains(listener.port) && ["python", "uvicorn"].contains(app.runner) ? .engine : .webApp(app)
    }

    private static func kind(program: String) -> ProbeKind? {
        switch program {
        case "postgres", "postmaster": .postgres
        case "redis-server", "valkey-server", "keydb-server", "redis-sentinel": .redis
        case "ollama": .ollama
        case "prometheus": .prometheus
        case "grafana", "grafana-server": .grafana
        case "aurora": .aurora
        default: isEngine(program) ? .engine : nil
        }
    }

    private static func isEngine(_ name: String) -> Bool {
        let exact = [
            "llama-server", "vllm", "sglang", "lmstudio", "LM Studio", "koboldcpp", "text-generation-launcher", "llama_cpp.server",
        ]
        return exact.contains(name) || name.hasPrefix("vllm.entrypoints") || name.hasPrefix("sglang.")
    }

    /// By the image's own name, whatever registry and tag stand around it.
    private static func kind(image: String, port: Int) -> ProbeKind? {
        let name = image.split(separator: "/").last.map { $0.prefix { $0 != ":" && $0 != "@" } } ?? ""
        switch name {
        case "postgres", "postgresql", "pgvector", "timescaledb", "postgis": return .postgres
        case "redis", "valkey", "keydb", "redis-stack", "redis-stack-server": return .redis
        case "ollama": return .ollama
        case "prometheus": return .prometheus
        case "grafana", "grafana-oss", "grafana-enterprise": return .grafana
        case "vllm-openai", "sglang", "llama.cpp", "localai", "text-generation-inference": return .engine
        default: return port == 11434 ? .ollama : enginePorts.contains(port) ? .engine : nil
        }
    }

    /// Where the owner is not to be seen, the number has to do.
    private static func kind(port: Int, user: String?) -> ProbeKind? {
        switch port {
        case 5432: .postgres
        case 6379: .redis
        case 11434: .ollama
        case 9090: .prometheus
        default: enginePorts.contains(port) ? .engine : user == "postgres" ? .postgres : nil
        }
    }
}
