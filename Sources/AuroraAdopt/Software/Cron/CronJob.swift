public import AuroraModel

/// A line of a crontab that runs a command.
public struct CronJob: Sendable, Equatable {
    public var place: FilePlace
    /// The line as it stands in the file.
    public var raw: String
    /// The user that it runs as; nil only when a crontab of nobody in particular is read.
    public var user: String?
    /// The schedule as written: five fields, parted by one blank each, or an `@` word.
    public var scheduleText: String
    public var schedule: CronSchedule
    /// What the shell is given, after cron's rules for `%`.
    public var command: String
    /// What the command reads; nil without a `%`.
    public var stdin: String?
    /// Variables that the file sets above the line, each name once, in the order of their first lines.
    public var environment: [CronVariable]

    /// Where output is mailed to; nil: to the user, empty: nowhere.
    public var mailTo: String? { value("MAILTO") }
    /// The zone in which the schedule is meant, where the file says so. Cronie follows it, Debian's cron does not.
    public var timeZone: String? { value("CRON_TZ") }

    public func value(_ name: String) -> String? { environment.first { $0.name == name }?.value.reveal() }
}

/// A variable that a crontab sets.
public struct CronVariable: Sendable, Hashable {
    public var name: String
    public var value: Secret

    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, Secret(value)) }
}

/// A program in a folder such as `/etc/cron.daily`, which `run-parts` starts.
public struct CronScript: Sendable, Equatable, Codable {
    public var path: String
    /// `hourly`, `daily`, `weekly`, `monthly`.
    public var period: String

    public init(path: String, period: String) { (self.path, self.period) = (path, period) }
}

/// Everything that cron runs on a machine.
public struct CronFacts: Sendable, Equatable, Codable {
    public var jobs: [CronJob] = []
    public var scripts: [CronScript] = []
    /// Lines that cron does not take, and why.
    public var findings: [Finding] = []
    public var unseen: [Unseen] = []

    public init() {}
}
