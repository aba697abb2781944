import AuroraModel

extension ServiceDraft {
    /// This service over an earlier file's, or over the one that it extends: what is written here wins, lists of named things are
    /// merged by name, and commands and health tests are replaced as a whole (Compose specification, "Merge").
    func laid(over base: ServiceDraft) -> ServiceDraft {
        var result = base
        result.catalog = catalog ?? base.catalog
        result.image = image ?? base.image
        result.build = build ?? base.build
        result.command = command ?? base.command
        result.entrypoint = entrypoint ?? base.entrypoint
        result.restart = restart ?? base.restart
        result.user = user ?? base.user
        result.workingDir = workingDir ?? base.workingDir
        result.gpus = gpus ?? base.gpus
        result.stopGrace = stopGrace ?? base.stopGrace
        result.stopSignal = stopSignal ?? base.stopSignal
        result.isReadOnly = isReadOnly ?? base.isReadOnly
        result.healthcheck = healthcheck.map { $0.laid(over: base.healthcheck ?? HealthDraft()) } ?? base.healthcheck
        result.layAmounts(of: self)
        result.layLists(of: self)
        return result
    }

    private mutating func layAmounts(of over: ServiceDraft) {
        deploy = over.deploy.laid(over: deploy)
        memory = over.memory ?? memory
        reservedMemory = over.reservedMemory ?? reservedMemory
        cpus = over.cpus ?? cpus
        pids = over.pids ?? pids
    }

    private mutating func layLists(of over: ServiceDraft) {
        environment = EnvironmentSyntax.merged(environment + over.environment)
        envFiles.paths = Self.unique(envFiles.paths + over.envFiles.paths, by: \.self)
        envFiles.variables = EnvironmentSyntax.merged(envFiles.variables + over.envFiles.variables)
        ports = Self.unique(ports + over.ports, by: PortSyntax.text)
        volumes = Self.unique(volumes + over.volumes, by: \.target)
        memoryFolders = Self.unique(memoryFolders + over.memoryFolders, by: \.target)
        networks = Self.unique(networks + over.networks, by: \.self)
        dependsOn = Self.unique(dependsOn + over.dependsOn, by: \.service)
        labels.merge(over.labels) { _, last in last }
        capabilitiesDropped = Self.unique(capabilitiesDropped + over.capabilitiesDropped, by: \.self)
        securityOptions = Self.unique(securityOptions + over.securityOptions, by: \.self)
        extraHosts = Self.unique(extraHosts + over.extraHosts, by: \.self)
        secrets = Self.unique(secrets + over.secrets, by: \.source)
        configs = Self.unique(configs + over.configs, by: \.source)
        profiles = over.profiles.isEmpty ? profiles : over.profiles
        usedSecrets.formUnion(over.usedSecrets)
    }

    /// Each key once, at the place of the first, with the value of the last.
    static func unique<Element>(_ elements: [Element], by key: (Element) -> String) -> [Element] {
        var places: [String: Int] = [:]
        return elements.reduce(into: []) { result, element in
            if let place = places[key(element)] {
                result[place] = element
            } else {
                places[key(element)] = result.count
                result.append(element)
            }
        }
    }
}
