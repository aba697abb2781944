import AuroraHTTP
import AuroraLive
import AuroraModel
import AuroraTestSupport
import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import AuroraAdopt

@Suite("Real servers", .serialized, .timeLimit(.minutes(3)))
struct RealServerTests {
    private static func take(_ listeners: [Listener], _ hints: SurveyHints = SurveyHints()) async throws -> SoftwareFacts {
        await SoftwareSurvey.take(try RealMachine.here(), listeners: listeners, processes: [], containers: [], hints: hints)
    }

    private static func owned(_ port: Int, by name: String) -> Listener {
        Listener(.tcp, address: "127.0.0.1", port: port, owner: ProcessFacts(pid: 1, name: name))
    }

    /// PostgreSQL refuses to run as root, so root lends the folder to the user that its package made.
    private static func postgres(_ folder: String, _ words: [String]) async throws {
        if geteuid() == 0 {
            try await RealMachine.run("runuser", ["-u", "postgres", "--"] + words)
        } else {
            try await RealMachine.run(words[0], Array(words.dropFirst()))
        }
    }

    @Test(
        .enabled(if: RealMachine.program("initdb") != nil && RealMachine.program("psql") != nil, "PostgreSQL is not installed"),
        .enabled(if: RealMachine.letsOthersUseNull, "other users may not use '/dev/null', which initdb needs"))
    func postgresTellsDatabasesSettingsAndSlots() async throws {
        try await withTemporaryFolder { folder in
            let initdb = try #require(RealMachine.program("initdb"))
            let control = try #require(RealMachine.program("pg_ctl"))
            let port = try FreePort.find()
            try RealMachine.write("hunter2\n", to: "\(folder)/password")
            if geteuid() == 0 { try await RealMachine.run("chown", ["-R", "postgres", folder]) }
            let data = "\(folder)/data"
            try await Self.postgres(
                folder, [initdb, "-D", data, "-U", "ann", "-A", "scram-sha-256", "--pwfile", "\(folder)/password", "--no-sync"])
            let options = "-p \(port) -k \(folder) -c listen_addresses=127.0.0.1 -c fsync=off"
            try await Self.postgres(folder, [control, "-D", data, "-w", "-t", "60", "-l", "\(folder)/log", "-o", options, "start"])
            do {
                try await Self.check(port: port, data: data)
            } catch {
                try await Self.postgres(folder, [control, "-D", data, "-m", "immediate", "stop"])
                throw error
            }
            try await Self.postgres(folder, [control, "-D", data, "-m", "immediate", "stop"])
        }
    }

    private static func check(port: Int, data: String) async throws {
        let login = ["PGHOST": "127.0.0.1", "PGPORT": String(port), "PGUSER": "ann", "PGPASSWORD": "hunter2", "PGDATABASE": "postgres"]
        let statements = ["CREATE DATABASE aurora", "SELECT pg_create_physical_replication_slot('spare')"]
        for statement in statements { try await RealMachine.run("psql", ["-Xqw", "-c", statement], environment: login) }
        let listener = owned(port, by: "postgres")

        var hints = SurveyHints()
        let silent = try await take([listener], hints)
        #expect(silent.postgres.first { $0.place.port == port }?.databases == nil)
        #expect(silent.unseen.contains { $0.why == "no credentials for it were found" })

        hints.urls = ["wrong": Secret("postgresql://ann:guess@127.0.0.1:\(port)/aurora")]
        let refused = try await take([listener], hints)
        #expect(refused.postgres.first?.databases == nil)
        #expect(refused.unseen.contains { $0.why.contains("password authentication failed for user \"ann\"") }, "\(refused.unseen)")

        hints.urls = ["keep.database.url": Secret("postgresql://ann:hunter2@localhost:\(port)/aurora")]
        let facts = try #require(try await take([listener], hints).postgres.first)
        #expect(facts.version?.contains(".") == true)
        #expect(facts.databases?.map(\.name) == ["aurora", "postgres"])
        #expect(facts.databases?.allSatisfy { ($0.bytes ?? 0) > 1_000_000 } == true)
        #expect(facts.isStandby == false && facts.dataFolder == data)
        #expect(
            facts.settings["wal_level"] == "replica" && facts.settings["hot_standby"] == "on" && facts.settings["max_wal_senders"] == "10")
        #expect(facts.slots == [.init(name: "spare", kind: "physical", isActive: false)])
        #expect(facts.extensions == ["plpgsql"] && facts.credentials == "keep.database.url")
    }

    @Test(.enabled(if: RealMachine.program("redis-server") != nil, "Redis is not installed"), arguments: ["", "hunter2"])
    func redisTellsWhatItHolds(_ password: String) async throws {
        try await withTemporaryFolder { folder in
            let port = try FreePort.find()
            let settings = "port \(port)\nbind 127.0.0.1\ndir \(folder)\nlogfile \(folder)/log\nsave \"\"\n"
            try RealMachine.write(settings + (password.isEmpty ? "" : "requirepass \(password)\n"), to: "\(folder)/redis.conf")
            let listener = Self.owned(port, by: "redis-server")
            var hints = SurveyHints()
            if !password.isEmpty { hints.urls = ["REDIS_URL": Secret("redis://:hunter2@localhost:\(port)/0")] }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await RealMachine.here().run("redis-server", ["\(folder)/redis.conf"], environment: [:], limit: .seconds(60))
                }
                defer { group.cancelAll() }
                let isUp = await eventually { [hints] in (try? await Self.take([listener], hints).redis.first?.version) != nil }
                #expect(isUp)
                let facts = try #require(try await Self.take([listener], hints).redis.first)
                #expect(facts.role == "master" && facts.mode == "standalone" && facts.keys == 0)
                let bare = try await Self.take([listener])
                #expect(bare.redis.first?.wantsPassword == !password.isEmpty)
            }
        }
    }

    /// Fifty ports of each kind that accept and say nothing.
    @Test func portsThatHoldOnDoNotHoldUpTheSurvey() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        var channels: [any Channel] = []
        for _ in 0..<150 {
            channels.append(try await ServerBootstrap(group: group).bind(host: "127.0.0.1", port: 0).get())
        }
        let names = ["ollama", "redis-server", "postgres"]
        let ports = channels.compactMap(\.localAddress?.port)
        let listeners = ports.enumerated().map { Self.owned($1, by: names[$0 % 3]) }
        var hints = SurveyHints()
        for port in ports { hints.urls["keep.p\(port)"] = Secret("postgresql://u:p@127.0.0.1:\(port)/x") }
        let start = ContinuousClock.now
        let facts = try await Self.take(listeners, hints)
        let taken = ContinuousClock.now - start
        for channel in channels { try await channel.close() }
        #expect(taken < .seconds(15), "\(taken)")
        #expect(facts.engines.isEmpty)
        #expect(facts.unseen.count >= 150)
    }
}
