public import HTTPTypes

/// Fields that nodes, tasks and the gateway send one another; docs/gateway.md says what each asks for.
extension HTTPField.Name {
    /// How many nodes a call has passed; from 1 on only engines of the node itself serve it.
    public static let auroraHop = named("X-Aurora-Hop")
    public static let auroraWorker = named("X-Aurora-Worker")
    /// Which nodes, or for calls about models engines, are meant; separated by commas.
    public static let auroraNode = named("X-Aurora-Node")
    public static let auroraPriority = named("X-Aurora-Priority")
    public static let auroraSession = named("X-Aurora-Session")

    /// The names above are tokens, so none of them falls back.
    private static func named(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .via }
}
