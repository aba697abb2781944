public import struct Foundation.Date

/// Who listens on a port. Fields are nil where this user may not look, or where the holder is in another namespace.
public struct PortHolder: Sendable, Equatable {
    public let pid: Int32?
    /// Short name of the program, as in `nginx`.
    public let name: String?
    /// Command line, at most `commandLimit` characters, without what looks like a secret.
    public let command: String?
    public let user: String?
    public let startedAt: Date?

    static let commandLimit = 200

    public init(pid: Int32? = nil, name: String? = nil, command: String? = nil, user: String? = nil, startedAt: Date? = nil) {
        self.pid = pid
        self.name = name
        self.command = command
        self.user = user
        self.startedAt = startedAt
    }
}

extension PortHolder: CustomStringConvertible {
    /// `nginx (pid 812, user www-data): nginx: master process …`
    public var description: String {
        let facts = [pid.map { "pid \($0)" }, user.map { "user \($0)" }].compactMap(\.self).joined(separator: ", ")
        let who = (name ?? "unknown owner") + (facts.isEmpty ? "" : " (\(facts))")
        return command.map { "\(who): \($0)" } ?? who
    }
}
