import AuroraLive
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Synchronization
import Testing

@testable import AuroraRuntime

@Suite("The runtime with real processes", .timeLimit(.minutes(2)))
struct RuntimeServiceTests {
    @Test func runsWhatIsPlannedAndLeavesNothingWhenTheNodeStops() async throws {
        let pid = Mutex<Int32>(0)
        try await RunningRuntime.with({ _ in [plan("web")] }) { running in
            let web = try await running.until("web") { $0.state == "running" }
            pid.withLock { $0 = web.pid ?? 0 }
            #expect(running.record("web")?.pid == web.pid)
            #expect(web.startedAt != nil)
        }
        #expect(pid.withLock { $0 } > 0)
        #expect(!isAlive(pid.withLock { $0 }))
    }

    @Test func killedServiceComesBackWithAnotherProcess() async throws {
        try await RunningRuntime.with({ _ in [plan("web")] }) { running in
            let first = try await running.pid("web")
            kill(first, SIGKILL)
            _ = try await running.pid("web", not: first)
            #expect(await running.runtime.report("web")?.restarts == 1)
        }
    }

    @Test func verbsStopAndStartAndAreRememberedOnDisk() async throws {
        try await RunningRuntime.with({ _ in [plan("web", restart: .unlessStopped)] }) { running in
            let first = try await running.pid("web")
            let stopped = try await running.runtime.stop("web")
            #expect(stopped.state == "stopped")
            #expect(!isAlive(first))
            #expect(running.text("services/stopped.json") == #"{"stopped":["web"]}"#)
            #expect(running.record("web") == nil)
            let started = try await running.runtime.start("web")
            #expect(started.state == "running")
            #expect(running.text("services/stopped.json") == #"{"stopped":[]}"#)
            let again = try await running.runtime.restart("web")
            #expect(again.state == "running")
            #expect(again.pid != started.pid)
        }
    }

    @Test func oneThatIgnoresTheSignalIsKilled() async throws {
        let deaf = "trap '' TERM; while :; do sleep 0.1; done"
        try await RunningRuntime.with({ _ in [plan("deaf", grace: 0.3, script: deaf)] }) { running in
            let pid = try await running.pid("deaf")
            #expect(try await running.runtime.stop("deaf").state == "stopped")
            #expect(!isAlive(pid))
        }
    }

    @Test func healthGatesWhoDependsOnIt() async throws {
        try await RunningRuntime.with({ folder in
            var health = HealthCheck(.shell("test -e \(folder)/well"))
            (health.interval, health.retries) = (0.1, 1000)
            return [plan("db", check: health), plan("web", needs: [.init("db", .healthy)])]
        }) { running in
            try await running.until("db") { $0.detail.contains("not healthy yet: '/bin/sh' ended with exit code 1") }
            #expect(await running.runtime.report("web")?.detail == "waits for 'db' to be healthy")
            _ = FileManager.default.createFile(atPath: running.folder + "/well", contents: nil)
            try await running.until("web") { $0.state == "running" }
            #expect(await running.runtime.report("db")?.health == "healthy")
        }
    }

    @Test func aOneShotIsFollowedByWhatNeedsIt() async throws {
        try await RunningRuntime.with({ folder in
            [
                plan("web", needs: [.init("migrate", .completed)], script: "cat \(folder)/schema; exec sleep 1000"),
                plan("migrate", restart: .no, script: "echo made > \(folder)/schema"),
            ]
        }) { running in
            try await running.until("web") { $0.state == "running" }
            #expect(await running.runtime.report("migrate")?.state == "completed")
            #expect(await eventually { running.text("services/web.log") == "made\n" })
        }
    }

    @Test func saysHowItFailedWithItsLastWords() async throws {
        try await RunningRuntime.with({ _ in [plan("web", restart: .no, script: "echo no database; exit 3")] }) { running in
            let web = try await running.until("web") { $0.state == "failed" }
            #expect(web.detail == "ended with exit code 3, its last words: 'no database'; is not started again")
            #expect(web.exitCode == 3)
        }
    }

    @Test func newPlansChangeOnlyWhatChanged() async throws {
        try await RunningRuntime.with({ _ in [plan("a"), plan("b"), plan("c")] }) { running in
            var pids: [String: Int32] = [:]
            for name in ["a", "b", "c"] { pids[name] = try await running.pid(name) }
            running.source.set([plan("a", restart: .no), plan("b", script: "exec sleep 2000"), plan("d")])
            _ = try await running.runtime.load()
            try await running.until("d") { $0.state == "running" }
            let before = pids["b"] ?? 0
            _ = try await running.pid("b", not: before)
            #expect(await running.runtime.report("a")?.pid == pids["a"])
            #expect(await eventually { await running.runtime.report("c") == nil })
            #expect(!isAlive(pids["c"] ?? 0))
        }
    }

    @Test func unknownNamesAreToldWhatThereIs() async throws {
        try await RunningRuntime.with({ _ in [plan("web")] }) { running in
            try await running.until("web") { $0.state == "running" }
            let error = await #expect(throws: AuroraError.self) { try await running.runtime.stop("wbe") }
            #expect(error?.message == "there is no service 'wbe'")
            #expect(error?.hint == "there are: web")
        }
    }

    @Test func fiftyStartSideBySide() async throws {
        try await RunningRuntime.with({ _ in (0..<50).map { plan("s\($0)") } }) { running in
            let began = ContinuousClock.now
            let all = await eventually {
                let reports = await running.runtime.reports()
                return reports.count == 50 && reports.allSatisfy { $0.state == "running" }
            }
            #expect(all)
            #expect(Set(await running.runtime.reports().compactMap(\.pid)).count == 50)
            #expect(ContinuousClock.now - began < .seconds(20))
        }
    }
}

@Suite("A runtime whose node was killed", .timeLimit(.minutes(2)))
struct OrphanTests {
    /// Starts a process as a killed node leaves it: with its record, and with nobody who waits for it.
    private func orphan(_ plan: ProcessPlan, in folder: String, _ body: @Sendable (Int32) async throws -> Void) async throws {
        let services = folder + "/services"
        let processes = try LiveProcesses.make(services)
        let started = AsyncStream.makeStream(of: RunRecord.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try await processes.launch(plan) { record in
                    try LiveProcesses.ledger(services).write(record)
                    started.continuation.yield(record)
                }
            }
            let record = try #require(await started.stream.first { _ in true })
            defer { processes.kill(record) }
            try await body(record.pid)
            processes.kill(record)
            try await group.waitForAll()
        }
    }

    @Test func takesOverWhatStillRunsAsPlanned() async throws {
        try await withTemporaryFolder { folder in
            let web = plan("web")
            try await orphan(web, in: folder) { pid in
                try await RunningRuntime.with(folder, PlanList([web])) { running in
                    #expect(try await running.pid("web") == pid)
                    kill(pid, SIGKILL)
                    _ = try await running.pid("web", not: pid)
                }
            }
        }
    }

    @Test func endsWhatIsPlannedOtherwiseOrNotAtAll() async throws {
        try await withTemporaryFolder { folder in
            try await orphan(plan("web"), in: folder) { web in
                try await orphan(plan("old"), in: folder) { old in
                    try await RunningRuntime.with(folder, PlanList([plan("web", script: "exec sleep 2000")])) { running in
                        _ = try await running.pid("web", not: web)
                        #expect(await eventually { await running.runtime.report("old") == nil })
                        #expect(!isAlive(web) && !isAlive(old))
                    }
                }
            }
        }
    }

    @Test func aStrangerWithTheNumberIsLeftAlone() async throws {
        try await withTemporaryFolder { folder in
            try await orphan(plan("stranger"), in: folder) { pid in
                let ledger = try LiveProcesses.ledger(folder + "/services")
                ledger.remove("stranger")
                try ledger.write(record(plan("web"), pid: pid))
                try await RunningRuntime.with(folder, PlanList([plan("web")])) { running async throws in
                    #expect(try await running.pid("web") != pid)
                }
                #expect(isAlive(pid))
            }
        }
    }

    @Test func plansThatCannotBeReadEndNothing() async throws {
        struct Broken: ServiceSource {
            func plans() throws(AuroraError) -> [ProcessPlan] { throw AuroraError(.invalid, "not JSON") }
        }
        try await withTemporaryFolder { folder in
            try await orphan(plan("web"), in: folder) { pid in
                let runtime = RuntimeService(
                    source: Broken(), processes: try LiveProcesses.make(folder + "/services"),
                    ledger: try LiveProcesses.ledger(folder + "/services"), logger: LiveProcesses.quiet)
                await #expect(throws: AuroraError.self) { _ = try await runtime.load() }
                #expect(isAlive(pid))
                #expect(await runtime.reports().isEmpty)
            }
        }
    }
}
