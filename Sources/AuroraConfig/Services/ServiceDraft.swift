import AuroraModel

/// One service as written, before it is known to be whole. What is not written stays nil or empty, so that one file can be laid
/// over another.
struct ServiceDraft: Sendable {
    static let noun = "a service"
    static let expected = "a service as a mapping: { image: …, command: …, environment: …, ports: … }"

    static let schema = Schema<ServiceDraft>(
        fields: [
            Field("catalog", \.catalog, .choice(), "The entry of Aurora's catalog; a service with its name and nothing to run needs none."),
            Field("extends", \.extended, .extended, "A service that this one is laid over: a name, or { service, file }."),
            Field("image", \.image, .image, "The image of its container."),
            Field("build", \.build, .build, "How its image is built."),
            Field("command", \.command, .commandLine, "What runs: in the container, or on the machine when there is no image."),
            Field("entrypoint", \.entrypoint, .commandLine, "What stands before the command."),
            Field("environment", \.environment, .environment, "Its variables; a name alone takes the value from `.env`."),
            Field("env_file", \.envFiles, .environmentFiles, "Files with further variables; `environment` wins."),
            Field("ports", \.ports, .ports, "Ports of the machine that lead to it; without an address on loopback only."),
            Field("volumes", \.volumes, .volumes, "Folders, files and kept volumes that it sees."),
            Field("tmpfs", \.memoryFolders, .memoryFolders, "Folders in memory."),
            Field("networks", \.networks, .networkNames, "Networks beside `aurora-mesh`."),
            Field("depends_on", \.dependsOn, .dependencies, "What is started before it, and what it waits for."),
            Field("restart", \.restart, .restart, "When it is started again; `no`."),
            Field("healthcheck", \.healthcheck, .healthcheck, "How it is known to be well."),
            Field("user", \.user, .user, "Whom it runs as."),
            Field("working_dir", \.workingDir, .folderInside, "The folder it runs in."),
            Field("labels", \.labels, .labels, "Labels of its container."),
            Field("deploy", \.deploy, .deploy, "What it may take and what it needs."),
            Field("gpus", \.gpus, .gpus, "GPUs: `all`, a number, or a list with one mapping."),
            Field("mem_limit", \.memory, .composeBytes, "`deploy.resources.limits.memory`."),
            Field("mem_reservation", \.reservedMemory, .composeBytes, "`deploy.resources.reservations.memory`."),
            Field("cpus", \.cpus, .cores, "`deploy.resources.limits.cpus`."),
            Field("pids_limit", \.pids, .processLimit, "`deploy.resources.limits.pids`."),
            Field("stop_grace_period", \.stopGrace, .composeDuration, "How long it may take to end; 10s."),
            Field("stop_signal", \.stopSignal, .signal, "What asks it to end; SIGTERM."),
            Field("read_only", \.isReadOnly, .bool, "Whether its own files are read-only."),
            Field("cap_drop", \.capabilitiesDropped, .list(.capability), "Capabilities of the kernel taken from it, or ALL."),
            Field("security_opt", \.securityOptions, .list(.securityOption), "`no-new-privileges:true`."),
            Field("extra_hosts", \.extraHosts, .extraHosts, "Names of hosts with their addresses."),
            Field("secrets", \.secrets, .grants, "Files under `secrets` of the compose file, at /run/secrets/NAME."),
            Field("configs", \.configs, .grants, "Files under `configs` of the compose file, at /NAME."),
            Field("profiles", \.profiles, .list(.template), "It belongs to the compose file only when one of these is asked for."),
        ],
        refused: UnsupportedKeys.refused, ignored: UnsupportedKeys.ignored, allowsExtensions: true)

    var catalog: CatalogService?
    var extended: ExtendedService?
    var image: String?
    var build: ImageBuild?
    var command: [String]?
    var entrypoint: [String]?
    var environment: [EnvironmentVariable] = []
    var envFiles = EnvironmentFiles()
    var ports: [PortMapping] = []
    var volumes: [VolumeMount] = []
    var memoryFolders: [VolumeMount] = []
    var networks: [String] = []
    var dependsOn: [ServiceDependency] = []
    var restart: RestartPolicy?
    var healthcheck: HealthDraft?
    var user: String?
    var workingDir: String?
    var labels: [String: String] = [:]
    var deploy = DeployDraft()
    var gpus: GPUReservation?
    var memory: Int?
    var reservedMemory: Int?
    var cpus: Double?
    var pids: Int?
    var stopGrace: Double?
    var stopSignal: String?
    var isReadOnly: Bool?
    var capabilitiesDropped: [String] = []
    var securityOptions: [String] = []
    var extraHosts: [String] = []
    var secrets: [FileGrant] = []
    var configs: [FileGrant] = []
    var profiles: [String] = []
    /// Names of the secret variables whose values stand in it.
    var usedSecrets: Set<String> = []

    init() {}
}

extension ValueType where Value == String {
    fileprivate static var capability: Self {
        text("capability", expected: "ALL, or a capability such as NET_RAW") { text in
            let name = text.uppercased()
            return name.utf8.allSatisfy { $0.continuesName } ? (name.hasPrefix("CAP_") ? String(name.dropFirst(4)) : name) : nil
        }
    }

    fileprivate static var securityOption: Self {
        text("option", expected: "no-new-privileges:true; nothing else is supported") { text in
            ["no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"].contains(text) ? "no-new-privileges:true" : nil
        }
    }
}
