/// Finds out who holds a port, so that "address in use" can name a culprit.
public enum PortOwner {
    /// Who listens on TCP `port` of this machine; nil when nobody does. Blocks for some milliseconds.
    ///
    /// A holder whose process is invisible (another user's, another namespace's) comes back without pid.
    public static func of(port: Int) -> PortHolder? {
        guard (1...65535).contains(port) else { return nil }
        return holder(of: port)
    }
}
