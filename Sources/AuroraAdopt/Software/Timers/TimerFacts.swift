import AuroraModel

/// A timer of systemd and the command that it starts.
public struct TimerFacts: Sendable, Equatable, Codable {
    /// With its suffix: `backup.timer`.
    public var name: String
    public var description: String?
    /// What it starts: `backup.service`.
    public var unit: String
    /// `OnCalendar=` as written.
    public var calendars: [String] = []
    /// The other triggers as written, such as `OnBootSec=5min`, in the order of the file.
    public var intervals: [String] = []
    /// A run that was missed while the machine was off is made up for.
    public var isPersistent = false
    /// `RandomizedDelaySec=` as written.
    public var randomDelay: String?
    /// `ExecStart=` of what it starts, as it may be shown.
    public var commands: [String] = []
    public var user: String?
    public var workingFolder: String?
    /// Its own files and those of what it starts.
    public var files: [String] = []
    /// Whether it is loaded now; nil when systemd could not be asked.
    public var isActive: Bool?

    public init(name: String, unit: String) { (self.name, self.unit) = (name, unit) }
}
