import AuroraModel
import AuroraSystem
import Foundation

/// Asks a PostgreSQL server through `psql`, in one read-only question, with credentials that somebody has written down.
struct PostgresProbe {
    /// For one login; servers of one machine answer in milliseconds or not at all.
    static let limit = Duration.seconds(3)
    private static let loginLimit = 3

    let machine: any MachineReading
    let home: String?

    func run(_ probe: Probe, _ logins: [PostgresLogin]) async -> ProbeFindings {
        var facts = PostgresFacts(place: probe.place)
        (facts.version, facts.dataFolder) = Self.told(by: probe.listener.owner)
        let what = "databases of PostgreSQL on port \(probe.place.port)"
        guard !logins.isEmpty else {
            let fix = "set DATABASE_URL=postgresql://USER:PASSWORD@127.0.0.1:\(probe.place.port)/NAME in the .env beside the manifest"
            return ProbeFindings(postgres: [facts], unseen: [Unseen(what, why: "no credentials for it were found", fix: fix)])
        }
        var unseen: [Unseen] = []
        asking: for login in logins.prefix(Self.loginLimit) {
            do {
                guard let end = try await ask(probe.place, login) else {
                    return ProbeFindings(
                        postgres: [facts], unseen: [Unseen(what, why: "there is no 'psql' here", fix: "install the PostgreSQL client")])
                }
                if end.exitCode == 0, let reply = PostgresReply(end.output) {
                    facts.take(reply)
                    facts.credentials = login.source
                    return ProbeFindings(postgres: [facts])
                }
                let reason = Self.reason(end)
                unseen.append(Unseen("\(what) with \(login.source)", why: reason, fix: "correct the credentials there"))
                // Who refuses one login may take another; who does not answer will not answer that one either.
                guard reason.contains("FATAL") else { break asking }
            } catch {
                unseen.append(Unseen("\(what) with \(login.source)", why: error.message, fix: error.hint))
                break asking
            }
        }
        return ProbeFindings(postgres: [facts], unseen: unseen)
    }

    /// The password goes through the environment of `psql`, never through its arguments, which everybody may see.
    private func ask(_ place: ServerPlace, _ login: PostgresLogin) async throws(AuroraError) -> CommandEnd? {
        var environment = [
            "PGHOST": place.host, "PGPORT": String(place.port), "PGCONNECT_TIMEOUT": "2", "PGAPPNAME": "aurora adopt", "LC_ALL": "C",
            "PGDATABASE": login.database ?? "postgres",
            "PGOPTIONS": "-c default_transaction_read_only=on -c statement_timeout=2000 -c lock_timeout=500",
        ]
        environment["PGUSER"] = login.user
        environment["PGPASSWORD"] = login.password?.reveal()
        environment["PGSSLMODE"] = login.sslMode
        if let home { environment["PGPASSFILE"] = home + "/.pgpass" }
        return try await machine.run("psql", ["-XAtwq", "-c", PostgresReply.question], environment: environment, limit: Self.limit)
    }

    /// The last line of what `psql` complains, which names user and host but never a password.
    private static func reason(_ end: CommandEnd) -> String {
        let lines = end.output.split(whereSeparator: \.isNewline)
        let line = lines.last { $0.contains("FATAL") || $0.contains("ERROR") || $0.contains("error") } ?? lines.last
        return line.map { String($0.prefix(300)) } ?? "psql \(end.sentence)"
    }

    /// Major version and data folder from the command line: `/usr/lib/postgresql/15/bin/postgres -D /var/lib/postgresql/15/main`.
    static func told(by process: ProcessFacts?) -> (version: String?, dataFolder: String?) {
        guard let process else { return (nil, nil) }
        let words = process.arguments.count == 1 ? process.arguments[0].split(separator: " ").map(String.init) : process.arguments
        let folder = words.firstIndex(of: "-D").flatMap { words.dropFirst($0 + 1).first }
        let program = (process.executable ?? words.first ?? "").split(separator: "/")
        let version = program.reversed().first { part in
            part.first?.isNumber == true && part.allSatisfy { $0.isNumber || $0 == "." }
        }
        return (version.map(String.init), folder)
    }
}

/// What the question is answered with: one line of JSON.
struct PostgresReply: Decodable {
    struct Database: Decodable {
        var name: String
        var bytes: Int?
    }

    struct Slot: Decodable {
        var name: String
        var kind: String
        var active: Bool
    }

    var version: String
    var standby: Bool
    var data: String?
    var settings: [String: String]?
    var databases: [Database]?
    var slots: [Slot]?
    var extensions: [String]?

    /// Every name is of 9.6 or older. Sizes are asked only where this user may connect, else the whole question would fail.
    static let question = """
        SELECT json_build_object('version', current_setting('server_version'), 'standby', pg_is_in_recovery(), \
        'data', (SELECT setting FROM pg_settings WHERE name = 'data_directory'), \
        'settings', (SELECT json_object_agg(name, setting) FROM pg_settings WHERE name IN ('wal_level', 'max_wal_senders', \
        'max_replication_slots', 'hot_standby', 'wal_log_hints', 'max_slot_wal_keep_size', 'listen_addresses', 'config_file', 'hba_file')), \
        'databases', (SELECT json_agg(json_build_object('name', datname, 'bytes', CASE WHEN has_database_privilege(datname, 'CONNECT') \
        THEN pg_database_size(datname) END) ORDER BY datname) FROM (SELECT datname FROM pg_database WHERE NOT datistemplate LIMIT 500) d), \
        'slots', (SELECT json_agg(json_build_object('name', slot_name, 'kind', slot_type, 'active', active) ORDER BY slot_name) \
        FROM pg_replication_slots), 'extensions', (SELECT json_agg(extname ORDER BY extname) FROM pg_extension))
        """

    /// Nil when no such line is in the output.
    init?(_ output: String) {
        guard let start = output.firstIndex(of: "{"), let end = output.lastIndex(of: "}"), start < end,
            let reply = try? JSONDecoder().decode(PostgresReply.self, from: Data(output[start...end].utf8))
        else { return nil }
        self = reply
    }
}

extension PostgresFacts {
    mutating func take(_ reply: PostgresReply) {
        version = reply.version.split(separator: " ").first.map(String.init) ?? version
        dataFolder = reply.data ?? dataFolder
        isStandby = reply.standby
        settings = reply.settings ?? [:]
        databases = (reply.databases ?? []).map { Database(name: $0.name, bytes: $0.bytes) }
        slots = (reply.slots ?? []).map { Slot(name: $0.name, kind: $0.kind, isActive: $0.active) }
        extensions = reply.extensions ?? []
    }
}
