import AuroraModel
import Yams

/// `deploy:` as far as it means something on one machine.
struct DeployDraft: Sendable {
    static let schema = Schema<DeployDraft>(
        fields: [
            Field("resources", \.resources, .section(Resources.schema, defaults: Resources()), "What it may take, and what it needs."),
            Field("replicas", \.replicas, .int(1...1), "Always 1."),
            Field("restart_policy", \.restart, .section(Restart.schema, defaults: Restart()), "`restart`, in other words."),
        ],
        refused: ["mode": ("a service runs once on its node", "remove 'mode'")],
        ignored: Dictionary(
            uniqueKeysWithValues: ["placement", "update_config", "rollback_config", "endpoint_mode", "labels"]
                .map { ($0, "it belongs to a swarm") }),
        allowsExtensions: true)

    /// `deploy.resources`.
    struct Resources: Sendable {
        static let schema = Schema<Resources>(fields: [
            Field("limits", \.limits, .section(Amounts.limits, defaults: Amounts()), "What it may take at most."),
            Field("reservations", \.reservations, .section(Amounts.reservations, defaults: Amounts()), "What it needs."),
        ])

        var limits = Amounts()
        var reservations = Amounts()
    }

    struct Amounts: Sendable {
        static let limits = Schema<Amounts>(fields: [cpus, memory, Field("pids", \.pids, .processLimit, "Processes and threads.")])
        static let reservations = Schema<Amounts>(fields: [
            cpus, memory, Field("devices", \.gpus, .gpuDevices, "GPUs: { driver, count or device_ids, capabilities: [gpu] }."),
        ])
        private static let cpus = Field<Amounts>("cpus", \.cpus, .cores, "Cores.")
        private static let memory = Field<Amounts>("memory", \.memory, .composeBytes, "Memory.")

        var cpus: Double?
        var memory: Int?
        var pids: Int?
        var gpus: GPUReservation?
    }

    struct Restart: Sendable {
        enum Condition: String, CaseIterable {
            case none
            case onFailure = "on-failure"
            case any
        }

        static let schema = Schema<Restart>(
            fields: [
                Field("condition", \.condition, .choice(), "When it is started again."),
                Field("max_attempts", \.attempts, .int(0...1_000_000), "How often; 0: without end."),
            ],
            ignored: ["delay": "the time between two starts grows by itself", "window": "a start counts as good when it lasts"])

        var condition: Condition?
        var attempts: Int?

        var policy: RestartPolicy? {
            switch condition {
            case .none?: .no
            case .any?: .always
            case .onFailure?: .onFailure(limit: attempts == 0 ? nil : attempts)
            case nil: nil
            }
        }
    }

    var resources = Resources()
    var replicas: Int?
    var restart = Restart()

    init() {}

    init(_ spec: ServiceSpec) {
        resources.limits = Amounts(cpus: spec.resources.cpus, memory: spec.resources.memoryBytes, pids: spec.resources.processes)
        resources.reservations = Amounts(cpus: spec.resources.reservedCPUs, memory: spec.resources.reservedMemoryBytes)
    }

    func laid(over base: DeployDraft) -> DeployDraft {
        var result = base
        result.resources.limits = resources.limits.laid(over: base.resources.limits)
        result.resources.reservations = resources.reservations.laid(over: base.resources.reservations)
        result.restart.condition = restart.condition ?? base.restart.condition
        result.restart.attempts = restart.attempts ?? base.restart.attempts
        return result
    }
}

extension DeployDraft.Amounts {
    fileprivate func laid(over base: Self) -> Self {
        Self(cpus: cpus ?? base.cpus, memory: memory ?? base.memory, pids: pids ?? base.pids, gpus: gpus ?? base.gpus)
    }
}

extension ValueType where Value == DeployDraft {
    static var deploy: Self { .section(DeployDraft.schema, defaults: DeployDraft()) }
}
