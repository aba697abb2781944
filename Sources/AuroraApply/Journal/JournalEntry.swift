import Foundation

/// Who applied or took back.
public struct AppliedBy: Sendable, Equatable, Codable {
    public var uid: UInt32
    public var user: String
    /// Who became this user with `sudo`.
    public var sudoUser: String?

    public init(uid: UInt32, user: String, sudoUser: String? = nil) { (self.uid, self.user, self.sudoUser) = (uid, user, sudoUser) }

    public var words: String { sudoUser.map { "\($0) as \(user)" } ?? user }
}

/// A line of a journal.
enum JournalEntry: Sendable, Equatable, Codable {
    case header(Header)
    /// Backups and contents are on the disk; from here on steps change the machine.
    case prepared(before: [Fingerprint])
    case begin(step: String, at: Date)
    case done(step: String, at: Date)
    /// The step did not work. `takenBack`: the machine is as before it.
    case failed(step: String, reason: String, takenBack: Bool, at: Date)
    case resumed(by: AppliedBy, at: Date)
    /// Nothing more of the plan will be done.
    case end(after: [Fingerprint], at: Date)
    case undoBegin(by: AppliedBy, purge: Bool, at: Date)
    case undoing(step: String)
    /// `note`: what became of something that must not be lost.
    case undone(step: String, note: String?)
    case undoEnd(at: Date)

    struct Header: Sendable, Equatable, Codable {
        static let version = 1

        var version = Header.version
        var id: String
        var by: AppliedBy
        var at: Date
        /// The command line, as in `aurora apply`.
        var command: String
        var plan: Plan
    }
}
