import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Synchronization
import Testing

@testable import AuroraAdopt

struct PostgresProbeTests {
    static let place = ServerPlace(host: "127.0.0.1", port: 5432)

    static func logins(_ env: String, urls: [String: Secret] = [:], pgpass: String? = nil) -> Logins {
        var hints = SurveyHints()
        hints.urls = urls
        return Logins(hints, files: [EnvFile(env, path: "/srv/.env")], pgpass: pgpass.map { ($0, "/home/a/.pgpass") })
    }

    @Test func onlyCredentialsForThisServerAreUsed() {
        let logins = Self.logins(
            """
            DATABASE_URL=postgresql+asyncpg://app:p%40ss@localhost:5432/aurora?sslmode=disable
            OTHER_DATABASE_URL=postgres://x:y@localhost:5433/z
            DB_PRIMARY_HOST=db.example.com
            DB_PRIMARY_PORT=25432
            DB_USER=doadmin
            DB_PASSWORD=far
            """)
        let found = logins.postgres(for: Self.place, nil)
        #expect(found.map(\.user) == ["app"])
        #expect(found.first?.password == Secret("p@ss") && found.first?.database == "aurora" && found.first?.sslMode == "disable")
        #expect(found.first?.source == "DATABASE_URL in /srv/.env")
        #expect(
            logins.elsewhere([]).contains { $0.host == "db.example.com" && $0.port == 25432 && $0.source == "DB_PRIMARY_USER in /srv/.env" }
        )
    }

    @Test func aServiceOfComposeIsMeantByItsName() {
        let logins = Self.logins("DATABASE_URL=postgres://u:p@db:5432/x\n")
        let container = ContainerFacts(
            id: "1", name: "app-db-1", image: "postgres", state: "running", ports: [PortMapping(hostPort: 15432, port: 5432)], service: "db"
        )
        #expect(logins.postgres(for: ServerPlace(host: "127.0.0.1", port: 15432), container).count == 1)
        #expect(logins.postgres(for: ServerPlace(host: "127.0.0.1", port: 5432), nil).isEmpty)
        #expect(logins.elsewhere([container]).isEmpty)
    }

    @Test func pgpassTellsWhoMayLogInAndKeepsItsPassword() {
        let found = Self.logins("", pgpass: "# c\nlocalhost:5432:*:ann:pa\\:ss\n*:*:replication:bob:x\nfar:5432:d:eve:x\nbroken\n")
            .postgres(for: Self.place, nil)
        #expect(found.map(\.user) == ["ann", "bob"])
        #expect(found.allSatisfy { $0.password == nil && $0.database == nil })
    }

    @Test(arguments: ["", "://", "postgres://", "postgres://h:99999/x", "postgres://[::1/x", "mysql://u@h/x", "${DATABASE_URL}"])
    func whatIsNoAddressGivesNoLogin(_ url: String) { #expect(Credentials.postgres(url: url, source: "s").isEmpty) }

    @Test func aServerWithoutCredentialsSaysWhatItsProcessSays() async {
        let owner = ProbeTests.owner("postgres", ["/usr/lib/postgresql/15/bin/postgres", "-D", "/var/lib/pg"])
        let facts = await ProbeTests.take(FakeMachine(), [ProbeTests.listener(5432, owner)])
        #expect(facts.postgres.first?.version == "15" && facts.postgres.first?.dataFolder == "/var/lib/pg")
        #expect(facts.postgres.first?.databases == nil)
        #expect(facts.unseen.map(\.why) == ["no credentials for it were found"])
    }

    @Test func theAnswerBecomesFactsAndThePasswordStaysOutOfTheArguments() async throws {
        let machine = RecordingMachine(
            .done(
                #"{"version" : "15.6 (Debian)", "standby" : false, "data" : "/d", "settings" : {"wal_level":"replica"}, "databases" : [{"name":"a","bytes":7},{"name":"b","bytes":null}], "slots" : [{"name":"s","kind":"physical","active":true}], "extensions" : ["plpgsql"]}"#
            ))
        var hints = SurveyHints()
        hints.urls = ["keep.database.url": Secret("postgres://u:hunter2@127.0.0.1/a")]
        hints.home = "/home/a"
        let facts = await SoftwareSurvey.take(
            machine, listeners: [ProbeTests.listener(5432, nil)], processes: [], containers: [], hints: hints, clock: ManualClock())
        let found = try #require(facts.postgres.first)
        #expect(found.version == "15.6" && found.settings == ["wal_level": "replica"] && found.credentials == "keep.database.url")
        #expect(found.databases == [.init(name: "a", bytes: 7), .init(name: "b", bytes: nil)])
        #expect(found.slots == [.init(name: "s", kind: "physical", isActive: true)] && found.extensions == ["plpgsql"])
        let call = try #require(machine.calls.first { $0.program == "psql" })
        #expect(!call.arguments.contains { $0.contains("hunter2") })
        #expect(
            call.environment["PGPASSWORD"] == "hunter2" && call.environment["PGDATABASE"] == "a"
                && call.environment["PGCONNECT_TIMEOUT"] == "2")
        #expect(call.environment["PGPASSFILE"] == "/home/a/.pgpass")
    }

    @Test func aServerBehindAUnixSocketIsFound() async {
        let machine = FakeMachine(files: [
            "/run/postgresql/.s.PGSQL.5433": "", "/run/postgresql/.s.PGSQL.5432": "", "/run/postgresql/x": "",
        ])
        let facts = await ProbeTests.take(machine, [ProbeTests.listener(5432, nil)])
        #expect(facts.postgres.map(\.place.host) == ["127.0.0.1", "/run/postgresql"])
        #expect(facts.postgres.map(\.place.port) == [5432, 5433])
    }

    @Test func aRefusalIsToldAndTheNextLoginTried() async {
        let machine = RecordingMachine(
            .failed("psql: error: connection failed: FATAL:  password authentication failed for user \"u\"\n", code: 2))
        var hints = SurveyHints()
        hints.urls = ["a": Secret("postgres://u:1@127.0.0.1/a"), "b": Secret("postgres://v:2@127.0.0.1/a")]
        let facts = await SoftwareSurvey.take(
            machine, listeners: [ProbeTests.listener(5432, nil)], processes: [], containers: [], hints: hints, clock: ManualClock())
        #expect(machine.calls.count { $0.program == "psql" } == 2)
        #expect(facts.unseen.count { $0.why.contains("password authentication failed") } == 2)
    }

    @Test func whoDoesNotAnswerIsAskedOnce() async {
        let machine = RecordingMachine(.failed("psql: error: connection to server timeout expired\n", code: 2))
        var hints = SurveyHints()
        hints.urls = ["a": Secret("postgres://u:1@127.0.0.1/a"), "b": Secret("postgres://v:2@127.0.0.1/a")]
        _ = await SoftwareSurvey.take(
            machine, listeners: [ProbeTests.listener(5432, nil)], processes: [], containers: [], hints: hints, clock: ManualClock())
        #expect(machine.calls.count { $0.program == "psql" } == 1)
    }
}

/// Remembers what it was asked to run.
final class RecordingMachine: MachineReading {
    private let end: CommandEnd
    private let recorded = Mutex<[CommandCall]>([])

    init(_ end: CommandEnd) { self.end = end }

    var calls: [CommandCall] { recorded.withLock { $0 } }

    func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8]? { nil }
    func list(_ folder: String) throws(AuroraError) -> [String]? { nil }
    func isFolder(_ path: String) -> Bool { false }
    func linkTarget(_ path: String) -> String? { nil }

    func run(
        _ program: String, _ arguments: [String], environment: [String: String], limit: Duration
    ) async throws(AuroraError) -> CommandEnd? {
        recorded.withLock { $0.append(CommandCall(program: program, arguments: arguments, environment: environment, limit: limit)) }
        return program == "psql" ? end : nil
    }

    func exchange(
        port: Int, host: String, send: [UInt8], limit: Int, timeout: Duration, until: @Sendable ([UInt8]) -> Bool
    ) async -> [UInt8]? { nil }

    func get(_ url: String, timeout: Duration) async -> (status: Int, headers: [String: String], body: [UInt8])? { nil }
}
