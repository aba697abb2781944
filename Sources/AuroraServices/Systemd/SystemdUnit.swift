import AuroraModel

/// One unit.
struct SystemdUnit {
    private let spec: ServiceSpec
    private let waitedFor: Set<ServiceDependency.Condition>
    private let hasState: Bool
    private let context: RenderContext
    private let concealment: Concealment
    let secrets: SecretFile

    /// - Parameters:
    ///   - waitedFor: what other services wait for.
    ///   - hasState: whether systemd makes a folder for its data.
    init(spec: ServiceSpec, waitedFor: Set<ServiceDependency.Condition>, hasState: Bool, context: RenderContext) {
        (self.spec, self.waitedFor, self.hasState, self.context) = (spec, waitedFor, hasState, context)
        let concealment = Concealment(spec.secrets)
        self.concealment = concealment
        let own = Set(spec.environment.map(\.name))
        let words = MachineService.words(spec) + Self.words(of: spec.healthcheck)
        let inCommands = spec.secrets.filter { secret in words.contains { Concealment([secret]).touches($0) } && !own.contains(secret.name)
        }
        let hidden = spec.fileEnvironment.filter { !own.contains($0.name) } + spec.environment.filter(\.isSecret)
        let known = Set(hidden.map(\.name))
        secrets = SecretFile(hidden + inCommands.filter { !known.contains($0.name) }, path: "secrets/\(spec.name).env")
    }

    var name: String { RenderContext.container(spec.name) }

    var text: String {
        [("Unit", unit), ("Service", service + start + limits + sandbox), ("Install", [("WantedBy", "multi-user.target")])]
            .map { section, lines in "\n[\(section)]\n" + lines.map { "\($0.0)=\($0.1)\n" }.joined() }.joined()
    }

    private typealias Line = (String, String)

    private var unit: [Line] {
        let needed = spec.dependsOn.map { "\(RenderContext.container($0.service)).service" }
        let lines: [Line] = [
            ("Description", "\(spec.name) of the mesh \(context.mesh)"), ("Wants", "network-online.target"),
            ("After", (["network-online.target"] + needed).joined(separator: " ")),
        ]
        return lines + (needed.isEmpty ? [] : [("Requires", needed.joined(separator: " "))]) + startLimit
    }

    /// A service that runs to its end counts as started when it has ended well.
    private var isTask: Bool { waitedFor.contains(.completed) }

    private var service: [Line] {
        var lines: [Line] = [("Type", isTask ? "oneshot" : "exec")]
        if isTask { lines.append(("RemainAfterExit", "yes")) }
        lines += user
        if let folder = spec.workingDir { lines.append(("WorkingDirectory", SystemdText.path(folder))) }
        lines += (spec.gpus.map(MachineService.visible) ?? []).map {
            ("Environment", SystemdText.quoted("\($0.name)=\($0.value.reveal())"))
        }
        for variable in spec.environment where !secrets.holds(variable) {
            lines.append(("Environment", SystemdText.quoted("\(variable.name)=\(variable.value.reveal())")))
        }
        if !secrets.isEmpty { lines.append(("EnvironmentFile", SystemdText.path("\(context.folder)/\(secrets.path)"))) }
        return lines
    }

    private var user: [Line] {
        guard let user = spec.user else { return spec.catalog == nil ? [] : [("DynamicUser", "yes")] }
        let parts = user.split(separator: ":").map(String.init)
        return [("User", parts.first ?? user)] + (parts.count > 1 ? [("Group", parts[1])] : [])
    }

    private var start: [Line] {
        let command = MachineService.words(spec).map { SystemdText.word($0, concealment) }.joined(separator: " ")
        return [("ExecStart", command)] + health + [
            ("Restart", restart), ("RestartSec", "1s"), ("KillSignal", spec.stopSignal), ("KillMode", "mixed"),
            ("TimeoutStopSec", Numbers.span(spec.stopGraceSeconds)),
        ]
    }

    private var restart: String {
        switch spec.restart {
        case .no: "no"
        case .onFailure: "on-failure"
        // A unit that only runs to its end cannot be told to start again after success.
        case .always, .unlessStopped: isTask ? "on-failure" : "always"
        }
    }

    /// `on-failure:N` gives up after N; every other policy never does.
    private var startLimit: [Line] {
        guard case .onFailure(let limit?) = spec.restart else { return [("StartLimitIntervalSec", "0")] }
        return [("StartLimitIntervalSec", "1d"), ("StartLimitBurst", "\(limit + 1)")]
    }
}

extension SystemdUnit {
    private static func words(of check: HealthCheck?) -> [String] {
        switch check?.test {
        case .command(let words): words
        case .shell(let line): [line]
        case .http(let url): [url]
        case .tcp, nil: []
        }
    }

    /// When others wait until it is healthy, the unit counts as started only then.
    private var health: [Line] {
        guard let check = spec.healthcheck, waitedFor.contains(.healthy), !isTask else { return [] }
        let pause = max(1, Int(min(check.interval, 5)))
        let tries = max(check.retries, Int((check.startPeriod / Double(pause)).rounded(.up)) + check.retries)
        let loop = ["/bin/bash", "-c"]
        let post: [String]
        switch check.test {
        case .http(let url):
            post = [
                "/usr/bin/curl", "--fail", "--silent", "--show-error", "--output", "/dev/null", "--max-time",
                "\(max(1, Int(check.timeout)))",
                "--retry", "\(tries)", "--retry-delay", "\(pause)", "--retry-all-errors", url,
            ]
        case .tcp(let port): post = loop + [Self.script("exec 3<>/dev/tcp/127.0.0.1/\(port)", tries: tries, pause: pause)]
        case .shell(let line): post = loop + [Self.script(line, tries: tries, pause: pause)]
        case .command(let words): post = loop + [Self.script("\"$@\"", tries: tries, pause: pause), "check"] + words
        }
        let seconds = tries * (pause + max(1, Int(check.timeout)))
        return [
            ("ExecStartPost", post.map { SystemdText.word($0, concealment) }.joined(separator: " ")), ("TimeoutStartSec", "\(seconds)s"),
        ]
    }

    private static func script(_ test: String, tries: Int, pause: Int) -> String {
        "for ((i = 0; i < \(tries); i++)); do ( \(test) ) >/dev/null 2>&1 && exit 0; sleep \(pause); done; exit 1"
    }

    private var limits: [Line] {
        var lines: [Line] = []
        if let bytes = spec.resources.memoryBytes { lines.append(("MemoryMax", "\(bytes)")) }
        if let bytes = spec.resources.reservedMemoryBytes { lines.append(("MemoryLow", "\(bytes)")) }
        if let cores = spec.resources.cpus { lines.append(("CPUQuota", "\(max(1, Int((cores * 100).rounded())))%")) }
        if let count = spec.resources.processes { lines.append(("TasksMax", "\(count)")) }
        return lines
    }

    /// The machine's files are read-only, except for what the service is given (systemd.exec(5), "Sandboxing").
    private var sandbox: [Line] {
        var lines: [Line] = [
            ("NoNewPrivileges", "yes"), ("PrivateTmp", "yes"), ("ProtectSystem", "strict"), ("ProtectHome", "read-only"),
            ("ProtectKernelTunables", "yes"), ("ProtectKernelModules", "yes"), ("ProtectKernelLogs", "yes"),
            ("ProtectControlGroups", "yes"),
            ("ProtectClock", "yes"), ("RestrictSUIDSGID", "yes"), ("RestrictRealtime", "yes"), ("LockPersonality", "yes"),
            ("RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK"), ("SystemCallArchitectures", "native"), ("UMask", "0077"),
        ]
        // Programs for GPUs open devices of their own.
        if spec.gpus == nil { lines.append(("PrivateDevices", "yes")) }
        if hasState { lines += [("StateDirectory", name), ("StateDirectoryMode", "0700")] }
        if !spec.capabilitiesDropped.isEmpty { lines.append(("CapabilityBoundingSet", dropped)) }
        return lines + folders
    }

    private var dropped: String {
        spec.capabilitiesDropped.contains("ALL") ? "" : "~" + spec.capabilitiesDropped.map { "CAP_\($0)" }.joined(separator: " ")
    }

    /// The folder it runs in may be written to unless it is read-only; volumes appear where it expects them.
    private var folders: [Line] {
        let own: [Line] = spec.isReadOnly ? [] : spec.workingDir.map { [("ReadWritePaths", SystemdText.listed($0))] } ?? []
        return own + spec.volumes.flatMap(mount)
    }

    private func mount(_ volume: VolumeMount) -> [Line] {
        let target = SystemdText.listed(volume.target)
        switch volume.source {
        case .bind(let source) where source == volume.target: return [(volume.isReadOnly ? "ReadOnlyPaths" : "ReadWritePaths", target)]
        case .bind(let source): return [(volume.isReadOnly ? "BindReadOnlyPaths" : "BindPaths", "\(SystemdText.listed(source)):\(target)")]
        case .named(let name):
            let folder = "aurora-volumes/\(name)"
            return [
                ("StateDirectory", folder), (volume.isReadOnly ? "BindReadOnlyPaths" : "BindPaths", "/var/lib/\(folder):\(target)"),
            ]
        case .anonymous, .memory: return [("TemporaryFileSystem", target)]
        }
    }
}
