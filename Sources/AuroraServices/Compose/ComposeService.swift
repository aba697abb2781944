import AuroraModel

/// One service of a compose file.
struct ComposeService {
    let spec: ServiceSpec
    let context: RenderContext
    let secrets: SecretFile
    private let concealment: Concealment

    init(spec: ServiceSpec, context: RenderContext, secrets: SecretFile) {
        (self.spec, self.context, self.secrets) = (spec, context, secrets)
        concealment = Concealment(spec.secrets)
    }

    static func ownership(_ context: RenderContext) -> [(key: String, value: String)] {
        [("aurora.managed", "true"), ("aurora.mesh", context.mesh)]
    }

    func tree() throws(AuroraError) -> YAMLTree {
        if spec.runsOnMachine {
            throw AuroraError(
                .manifest, "service '\(spec.name)' is a command of the machine, which the runtime 'compose' cannot run",
                hint: "give it an 'image' or a 'build', or use runtime: process or systemd")
        }
        try checkBuild()
        return .filled(
            what + [("environment", environment), ("env_file", environmentFiles)] + reach + (try health()) + [
                ("user", spec.user.map(text)), ("working_dir", spec.workingDir.map(text)), ("labels", labels),
            ] + limits + safety)
    }

    /// Arguments of a build stand in the file as they are.
    private func checkBuild() throws(AuroraError) {
        for argument in spec.build?.arguments ?? [] {
            let value = argument.value.reveal()
            guard argument.isSecret, !value.isEmpty, !concealment.touches(value) else { continue }
            throw AuroraError(
                .manifest, "service '\(spec.name)' has the secret '\(argument.name)' written out among the arguments of its build",
                hint: "put it into '.env', and write \(argument.name): \"${\(argument.name)}\"")
        }
    }

    private var what: [(key: String, value: YAMLTree?)] {
        [
            ("container_name", .text(RenderContext.container(spec.name))), ("image", spec.image.map(text)),
            ("build", spec.build.map(build)),
            ("entrypoint", spec.entrypoint.map(words)), ("command", spec.command.map(words)),
        ]
    }

    private var reach: [(key: String, value: YAMLTree?)] {
        let depends = spec.dependsOn.map { dependency in
            (key: dependency.service, value: YAMLTree.map([("condition", .text(dependency.condition.rawValue))]))
        }
        return [
            ("ports", .list(spec.ports.flatMap(ports))), ("volumes", .list(spec.volumes.compactMap(volume))),
            ("tmpfs", texts(spec.volumes.filter { $0.source == .memory }.map(\.target))),
            ("networks", .texts([RenderContext.network] + spec.networks)), ("depends_on", .map(depends)),
            ("extra_hosts", texts(spec.extraHosts)), ("restart", .text(restart)),
        ]
    }

    private var limits: [(key: String, value: YAMLTree?)] {
        [
            ("mem_limit", spec.resources.memoryBytes.map(YAMLTree.int)),
            ("mem_reservation", spec.resources.reservedMemoryBytes.map(YAMLTree.int)),
            ("cpus", spec.resources.cpus.map(YAMLTree.number)), ("pids_limit", spec.resources.processes.map(YAMLTree.int)),
            ("deploy", spec.gpus.map(deploy)),
        ]
    }

    private var safety: [(key: String, value: YAMLTree?)] {
        [
            ("stop_grace_period", spec.stopGraceSeconds == 10 ? nil : .text(Numbers.span(spec.stopGraceSeconds))),
            ("stop_signal", spec.stopSignal == "SIGTERM" ? nil : .text(spec.stopSignal)),
            ("read_only", spec.isReadOnly ? .bool(true) : nil),
            ("cap_drop", .texts(spec.capabilitiesDropped)),
            ("security_opt", spec.noNewPrivileges ? .texts(["no-new-privileges:true"]) : nil),
        ]
    }
}

extension ComposeService {
    private func text(_ text: String) -> YAMLTree { .text(concealment.template(text)) }
    private func texts(_ texts: [String]) -> YAMLTree { .list(texts.map(text)) }

    /// An empty command takes away the image's own.
    private func words(_ words: [String]) -> YAMLTree { words.isEmpty ? .emptyList : texts(words) }

    private var environment: YAMLTree {
        let own = spec.environment.filter { !secrets.holds($0) }
        return .map(own.map { ($0.name, text($0.value.reveal())) })
    }

    private var environmentFiles: YAMLTree { .texts(spec.envFiles.map(relative) + (secrets.isEmpty ? [] : ["./\(secrets.path)"])) }

    private var labels: YAMLTree {
        let own = spec.labels.sorted { $0.key < $1.key }.map { (key: $0.key, value: text($0.value)) }
        let ours = Self.ownership(context) + [("aurora.service", spec.name)]
        return .map(own.filter { !$0.key.hasPrefix("aurora.") } + ours.map { ($0.key, .text($0.value)) })
    }

    private func build(_ build: ImageBuild) -> YAMLTree {
        .filled([
            ("context", text(relative(build.context))), ("dockerfile", build.dockerfile.map(text)), ("target", build.target.map(text)),
            ("args", .map(build.arguments.map { ($0.name, text($0.value.reveal())) })),
        ])
    }

    /// Without an address: at every address that services of this node are reached at, and nowhere else.
    private func ports(_ port: PortMapping) -> [YAMLTree] {
        let addresses = port.hostAddress.map { [$0] } ?? context.addresses
        return addresses.map { address in
            .text("\(address.bracketed):\(port.hostPort.map(String.init) ?? ""):\(port.port)\(port.isUDP ? "/udp" : "")")
        }
    }

    private func volume(_ volume: VolumeMount) -> YAMLTree? {
        let end = volume.isReadOnly ? ":ro" : ""
        switch volume.source {
        case .memory: return nil
        case .anonymous: return text(volume.target)
        case .named(let name): return text("\(name):\(volume.target)\(end)")
        case .bind(let path) where !path.contains(":") && !volume.target.contains(":"):
            return text("\(relative(path)):\(volume.target)\(end)")
        case .bind(let path):
            return .filled([
                ("type", .text("bind")), ("source", text(relative(path))), ("target", text(volume.target)),
                ("read_only", volume.isReadOnly ? .bool(true) : nil),
            ])
        }
    }

    /// Paths below the folder of the file stay valid when the folder moves.
    private func relative(_ path: String) -> String {
        path.hasPrefix(context.folder + "/") ? "." + path.dropFirst(context.folder.count) : path
    }

    private var restart: String {
        switch spec.restart {
        case .no: "no"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        case .onFailure(let limit): limit.map { "on-failure:\($0)" } ?? "on-failure"
        }
    }

    private func health() throws(AuroraError) -> [(key: String, value: YAMLTree?)] {
        guard let check = spec.healthcheck else { return [] }
        let test: YAMLTree
        switch check.test {
        case .command(let words): test = texts(["CMD"] + words)
        case .shell(let line): test = texts(["CMD-SHELL", line])
        case .http, .tcp:
            throw AuroraError(
                .manifest, "service '\(spec.name)' is checked from outside, by 'http' or 'tcp', which the container engine cannot do",
                hint: "write what is in its image: test: [ CMD, curl, --fail, \"http://127.0.0.1:8000/health\" ]")
        }
        let entries: [(key: String, value: YAMLTree)] = [
            ("test", test), ("interval", .text(Numbers.span(check.interval))), ("timeout", .text(Numbers.span(check.timeout))),
            ("start_period", .text(Numbers.span(check.startPeriod))), ("retries", .int(check.retries)),
        ]
        return [("healthcheck", .map(entries))]
    }

    private func deploy(_ gpus: GPUReservation) -> YAMLTree {
        let count: (key: String, value: YAMLTree) =
            switch gpus.count {
            case .all: ("count", .text("all"))
            case .some(let count): ("count", .int(count))
            case .devices(let ids): ("device_ids", .texts(ids))
            }
        let device = YAMLTree.map([("driver", .text(gpus.driver ?? "nvidia")), count, ("capabilities", .texts(["gpu"]))])
        return .map([("resources", .map([("reservations", .map([("devices", .list([device]))]))]))])
    }
}
