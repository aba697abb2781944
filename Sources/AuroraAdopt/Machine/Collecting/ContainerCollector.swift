import AuroraModel

/// What the Docker engine tells.
struct DockerFacts: Sendable {
    var containers: [ContainerFacts] = []
    var networks: [(name: String, range: IPv4Network)] = []
}

/// Asks the Docker engine of this machine through its CLI, which honours `DOCKER_HOST` and contexts.
struct ContainerCollector: Sendable {
    /// More would not fit on a command line.
    private static let most = 1_000

    let timed: TimedMachine

    func collect() async -> Look<DockerFacts> {
        if let host = await engineAddress(), !Self.isLocal(host) {
            let why = "that engine is on another machine"
            return Look(DockerFacts(), unseen: [Unseen("containers of '\(host)'", why: why, fix: "run 'aurora adopt' there")])
        }
        async let networks = networkRanges()
        let containers = await allContainers()
        return Look(DockerFacts(containers: containers.value, networks: await networks), unseen: containers.unseen)
    }

    /// The address of the engine that the CLI would ask.
    private func engineAddress() async -> String? {
        guard case .done(let output) = await timed.ask("docker", ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]) else {
            return nil
        }
        let host = KernelText.trimmed(output)
        return host.isEmpty ? nil : host
    }

    static func isLocal(_ host: String) -> Bool {
        ["unix://", "tcp://127.", "tcp://localhost", "tcp://[::1]"].contains(where: host.hasPrefix)
    }

    private func allContainers() async -> Look<[ContainerFacts]> {
        var trouble = ""
        // A container may go between the two questions; then they are asked once more.
        for _ in 0..<2 {
            switch await timed.ask("docker", ["ps", "--all", "--quiet", "--no-trunc"]) {
            case .missing: return Look([], unseen: engineSocket() == nil ? [] : [Self.unseen("there is no program 'docker' to ask")])
            case .failed(let why): return Look([], unseen: isAbsent(why) ? [] : [Self.unseen(why)])
            case .done(let output):
                let ids = Self.ids(output)
                guard !ids.isEmpty else { return Look([]) }
                let answer = await timed.ask("docker", ["inspect", "--type", "container"] + ids)
                if case .done(let json) = answer { return Look(DockerText.containers(json: json).sorted { $0.name < $1.name }) }
                if case .failed(let why) = answer { trouble = why }
            }
        }
        return Look([], unseen: [Self.unseen(trouble)])
    }

    private func networkRanges() async -> [(name: String, range: IPv4Network)] {
        guard case .done(let output) = await timed.ask("docker", ["network", "ls", "--quiet", "--no-trunc"]) else { return [] }
        let ids = Self.ids(output)
        guard !ids.isEmpty, case .done(let json) = await timed.ask("docker", ["network", "inspect"] + ids) else { return [] }
        return NetworkText.dockerNetworks(json: json)
    }

    private static func ids(_ output: String) -> [String] {
        Array(output.split(whereSeparator: \.isWhitespace).map(String.init).filter(DockerText.isID).prefix(most))
    }

    /// The CLI alone, with no engine, is nothing that was overlooked.
    private func isAbsent(_ why: String) -> Bool {
        let speaks = why.lowercased().contains("cannot connect to the docker daemon")
        return speaks && timed.environment["DOCKER_HOST"] == nil && engineSocket() == nil
    }

    private func engineSocket() -> String? {
        ["/var/run", "/run"].first { ((try? timed.machine.list($0)).flatMap(\.self) ?? []).contains("docker.sock") }
    }

    private static func unseen(_ why: String) -> Unseen {
        let isDenied = why.lowercased().contains("permission denied")
        return Unseen(
            "containers", why: isDenied ? "this user may not talk to the Docker engine" : why,
            fix: isDenied ? "run it as root, or as a member of the group 'docker'" : "see what 'docker version' says")
    }
}
