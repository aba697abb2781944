import AuroraModel

extension ServiceDraft {
    /// Files at the top of a compose file, by name, that services may be given; nil where there is no place for them.
    struct TopLevelFiles {
        var secrets: [String: String] = [:]
        var configs: [String: String] = [:]
    }

    /// The finished service; nil when it says nothing to run, which is reported.
    func built(name: String, files: TopLevelFiles?, _ reader: inout Reader) -> ServiceSpec? {
        var spec = ServiceSpec(name: name)
        let entry = entry(name: name)
        guard checkWhatRuns(entry, &reader) else { return nil }
        spec.catalog = entry
        (spec.image, spec.build, spec.command, spec.entrypoint) = (image, build, command, entrypoint)
        (spec.environment, spec.envFiles, spec.fileEnvironment) = (environment, envFiles.paths, envFiles.variables)
        (spec.ports, spec.networks, spec.dependsOn, spec.labels) = (ports, networks, dependsOn, labels)
        spec.volumes = Self.unique(volumes + memoryFolders + granted(files, &reader), by: \.target)
        spec.restart = restart ?? deploy.restart.policy ?? Self.usualRestart(entry)
        spec.healthcheck = healthcheck.flatMap { draft in
            reader.enter("healthcheck", line: reader.line(of: "\(reader.path).healthcheck")) { draft.built(&$0) }
        }
        (spec.user, spec.workingDir) = (user, workingDir)
        spec.stopGraceSeconds = stopGrace ?? spec.stopGraceSeconds
        spec.stopSignal = stopSignal ?? spec.stopSignal
        spec.isReadOnly = isReadOnly ?? false
        (spec.capabilitiesDropped, spec.extraHosts) = (capabilitiesDropped, extraHosts)
        spec.noNewPrivileges = !securityOptions.isEmpty
        spec.resources = amounts
        spec.gpus = gpus ?? deploy.resources.reservations.gpus
        spec.secrets = reader.secrets(usedSecrets)
        if spec.runsOnMachine { spec.workingDir = FilePaths.absolute(workingDir ?? ".", from: reader.folder, home: reader.home) }
        return spec
    }

    /// What the catalog runs stays up by itself; anything else as in compose files.
    private static func usualRestart(_ entry: CatalogService?) -> RestartPolicy { entry == nil ? .no : .unlessStopped }

    private var amounts: ResourceLimits {
        var limits = ResourceLimits()
        limits.cpus = cpus ?? deploy.resources.limits.cpus
        limits.memoryBytes = memory ?? deploy.resources.limits.memory
        limits.processes = pids ?? deploy.resources.limits.pids
        limits.reservedCPUs = deploy.resources.reservations.cpus
        limits.reservedMemoryBytes = reservedMemory ?? deploy.resources.reservations.memory
        return limits
    }

    /// The entry of the catalog, chosen by the key or by the name of a service that says nothing else to run.
    private func entry(name: String) -> CatalogService? { catalog ?? (saysWhatRuns ? nil : CatalogService(rawValue: name)) }

    private var saysWhatRuns: Bool { image != nil || build != nil || command != nil }

    /// Reports a service with nothing to run, or with two things at once.
    private func checkWhatRuns(_ entry: CatalogService?, _ reader: inout Reader) -> Bool {
        if let catalog, build != nil || command != nil || entrypoint != nil {
            reader.report(
                "\(reader.path) is '\(catalog.rawValue)' of the catalog and has a 'build', 'command' or 'entrypoint' of its own",
                fix: "remove 'catalog', or what the catalog would replace; 'image' may stay")
            return false
        }
        guard entry == nil, !saysWhatRuns, !reader.hasErrors(in: reader.path) else { return true }
        let entries = CatalogService.allCases.map(\.rawValue).joined(separator: ", ")
        reader.report(
            "\(reader.path) has nothing to run", fix: "give it an 'image', a 'build', a 'command', or a 'catalog' entry: \(entries)")
        return false
    }

    private func granted(_ files: TopLevelFiles?, _ reader: inout Reader) -> [VolumeMount] {
        mounts(secrets, "secrets", files?.secrets, at: "/run/secrets/", &reader)
            + mounts(configs, "configs", files?.configs, at: "/", &reader)
    }

    private func mounts(
        _ grants: [FileGrant], _ section: String, _ paths: [String: String]?, at folder: String, _ reader: inout Reader
    ) -> [VolumeMount] {
        grants.compactMap { grant in
            guard let path = paths?[grant.source] else {
                let fix =
                    paths == nil
                    ? "mount the file: volumes: [ \"./\(grant.source.clipped):\(folder)\(grant.source.clipped):ro\" ]"
                    : "define it at the top: \(section): { \(grant.source.clipped): { file: ./path } }"
                reader.report(
                    "\(reader.path).\(section) has '\(grant.source.clipped)', which is not defined", fix: fix,
                    at: "\(reader.path).\(section)")
                return nil
            }
            let target = grant.target ?? grant.source
            return VolumeMount(.bind(path), target: target.hasPrefix("/") ? target : folder + target, isReadOnly: true)
        }
    }
}

extension ServiceDraft {
    /// The service as it would be written, with variables by name and other secrets as `***`.
    init(_ spec: ServiceSpec) {
        let concealment = Concealment(spec.secrets)
        let template: (String) -> String = { concealment.template($0) }
        (catalog, image, build, gpus) = (spec.catalog, spec.image, spec.build, spec.gpus)
        build?.arguments = spec.build?.arguments.map { Self.shown($0, concealment) } ?? []
        (command, entrypoint) = (spec.command?.map(template), spec.entrypoint?.map(template))
        environment = spec.environment.map { Self.shown($0, concealment) }
        envFiles.paths = spec.envFiles
        (ports, volumes, networks, dependsOn) = (spec.ports, spec.volumes, spec.networks, spec.dependsOn)
        restart = spec.restart == Self.usualRestart(spec.catalog) ? nil : spec.restart
        healthcheck = spec.healthcheck.map { HealthDraft($0, template: template) }
        (user, workingDir, labels) = (spec.user, spec.workingDir, spec.labels.mapValues(template))
        (cpus, memory, pids) = (spec.resources.cpus, spec.resources.memoryBytes, spec.resources.processes)
        deploy.resources.reservations.cpus = spec.resources.reservedCPUs
        reservedMemory = spec.resources.reservedMemoryBytes
        stopGrace = spec.stopGraceSeconds == 10 ? nil : spec.stopGraceSeconds
        stopSignal = spec.stopSignal == "SIGTERM" ? nil : spec.stopSignal
        isReadOnly = spec.isReadOnly ? true : nil
        (capabilitiesDropped, extraHosts) = (spec.capabilitiesDropped, spec.extraHosts)
        securityOptions = spec.noNewPrivileges ? ["no-new-privileges:true"] : []
    }

    private static func shown(_ variable: EnvironmentVariable, _ concealment: Concealment) -> EnvironmentVariable {
        let value = variable.value.reveal()
        let isHidden = variable.isSecret && !concealment.touches(value)
        return EnvironmentVariable(variable.name, isHidden ? "***" : concealment.template(value))
    }
}
