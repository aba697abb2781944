public import AuroraModel

/// What runs on a machine, as its files and its own answers tell.
public struct SoftwareFacts: Sendable, Equatable, Codable {
    public var webServers: [WebServerFacts] = []
    public var postgres: [PostgresFacts] = []
    /// Databases that files here name and that are on other machines.
    public var databasesElsewhere: [DatabaseElsewhere] = []
    public var redis: [RedisFacts] = []
    public var engines: [EngineFacts] = []
    public var webApps: [WebAppFacts] = []
    public var monitors: [MonitorFacts] = []
    /// Ports on which an Aurora answers.
    public var auroras: [AuroraFacts] = []
    public var cron = CronFacts()
    public var timers: [TimerFacts] = []
    public var envFiles: [EnvFileFacts] = []
    /// What could not be looked at, everything of `cron.unseen` included.
    public var unseen: [Unseen] = []

    public init() {}
}

/// What the operator has told already and a survey may use.
public struct SurveyHints: Sendable {
    /// Addresses of servers by where they are written, such as `keep.database.url in aurora.yml`, with their variables put in.
    public var urls: [String: Secret] = [:]
    /// Of this process; `PG*` and the like are taken from it.
    public var environment: [String: Secret] = [:]
    /// Where `.pgpass` lies.
    public var home: String?
    /// Who looks.
    public var user: String?
    /// Folders whose `.env` files are read: that of the manifest, those of compose projects.
    public var folders: [String] = []

    public init() {}
}
