import AuroraModel

// A crontab is full of passwords. In memory everything is exact, since jobs are made of it; what is written out is what may be shown.

extension CronJob: Codable {
    private enum Key: String, CodingKey {
        case file, line, raw, user, schedule, command, stdin, environment
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(place.file, forKey: .file)
        try container.encode(place.line, forKey: .line)
        try container.encode(ShownText.text(raw), forKey: .raw)
        try container.encodeIfPresent(user, forKey: .user)
        try container.encode(scheduleText, forKey: .schedule)
        try container.encode(ShownText.text(command), forKey: .command)
        try container.encodeIfPresent(stdin.map { _ in "***" }, forKey: .stdin)
        try container.encode(environment, forKey: .environment)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        place = FilePlace(try container.decode(String.self, forKey: .file), try container.decode(Int.self, forKey: .line))
        raw = try container.decode(String.self, forKey: .raw)
        user = try container.decodeIfPresent(String.self, forKey: .user)
        scheduleText = try container.decode(String.self, forKey: .schedule)
        schedule = try CronSchedule(scheduleText)
        command = try container.decode(String.self, forKey: .command)
        stdin = try container.decodeIfPresent(String.self, forKey: .stdin)
        environment = try container.decode([CronVariable].self, forKey: .environment)
    }

    /// The command as it may be shown.
    public var shownCommand: String { ShownText.text(command) }
}

extension CronVariable: Codable {
    private enum Key: String, CodingKey { case name, value }

    /// Variables that say how a command runs; every other one may hold a secret.
    private static let harmless: Set<String> = [
        "SHELL", "PATH", "MAILTO", "MAILFROM", "HOME", "LOGNAME", "USER", "CRON_TZ", "TZ", "LANG", "LANGUAGE", "PYTHONPATH", "BASH_ENV",
        "RANDOM_DELAY", "START_HOURS_RANGE", "CONTENT_TYPE", "CONTENT_TRANSFER_ENCODING", "DISPLAY", "XDG_RUNTIME_DIR",
    ]

    /// The value as it may be shown.
    public var shown: String { Self.harmless.contains(name) || name.hasPrefix("LC_") ? value.reveal() : "***" }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(name, forKey: .name)
        try container.encode(shown, forKey: .value)
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(try container.decode(String.self, forKey: .name), try container.decode(String.self, forKey: .value))
    }
}
