public import AuroraModel

/// Where the services come from that a node is to run.
public protocol ServiceSource: Sendable {
    /// All of them, as they are now; asked at the start and with each reload. Throws rather than naming too few: what is not named is ended.
    func plans() throws(AuroraError) -> [ProcessPlan]
}
