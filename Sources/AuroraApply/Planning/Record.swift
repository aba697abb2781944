/// What earlier applies made on this machine and what is still there, as their journals tell.
public struct Record: Sendable, Equatable {
    /// Something that an apply made.
    public struct Made: Sendable, Equatable {
        /// The step that made it; for a thing that was changed later, the last one.
        public var step: Step
        public var apply: String

        public init(step: Step, apply: String) { (self.step, self.apply) = (step, apply) }
    }

    /// By key.
    public var made: [String: Made]
    /// Ports that were chosen, by name.
    public var ports: [String: Int]

    public init(made: [String: Made] = [:], ports: [String: Int] = [:]) { (self.made, self.ports) = (made, ports) }

    /// The applies in the order in which they were done; what was taken back counts as never done.
    public init(_ applies: [ApplyState]) {
        self.init()
        for apply in applies {
            let standing = apply.plan.steps.filter { apply.standing.contains($0.id) }
            for step in standing { made[step.key] = step.removes ? nil : Made(step: step, apply: apply.id) }
            if !standing.isEmpty { ports.merge(apply.plan.ports) { _, newer in newer } }
        }
    }

    func made(_ key: String) -> Step? { made[key]?.step }
}
