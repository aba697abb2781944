import AuroraSystem
import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import AuroraLive

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

private func supervised(_ script: String, in scratch: Scratch, clock: any Clock<Duration> = InstantClock()) -> SupervisedProcess {
    let spec = ProcessSpec(executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
    return SupervisedProcess(
        name: "sample", spec: spec, logFile: "\(scratch.path)/sample.log", grace: .milliseconds(200), clock: clock, logger: quiet)
}

/// Runs the process while the closure looks at it, then stops it as a node does.
private func whileRunning(_ process: SupervisedProcess, _ look: @Sendable () async throws -> Void) async throws {
    let group = ServiceGroup(configuration: .init(services: [.init(service: process)], logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let seen = await Result { try await look() }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        try seen.get()
    }
}

extension Result where Failure == any Error {
    init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

struct SupervisedProcessTests {
    @Test func killedProcessComesBack() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let process = supervised("exec sleep 1000", in: scratch)
        try await whileRunning(process) {
            let running = try await wait(for: process.status) { $0.state == .running }
            let first = try #require(running.pid)
            kill(first, SIGKILL)
            let second = try await wait(for: process.status) { $0.state == .running && $0.pid != first }
            #expect(second.restarts == 1)
        }
    }

    @Test func stoppingEndsItsWholeGroup() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let process = supervised("trap '' TERM; sleep 1000 & echo $! > \(scratch.path)/grandchild; wait; sleep 1000", in: scratch)
        let pids = LatestValue<[Int32]>([])
        try await whileRunning(process) {
            let running = try await wait(for: process.status) { $0.state == .running }
            let pid = try #require(running.pid)
            try await wait(until: "the grandchild runs") { scratch.text("grandchild")?.hasSuffix("\n") == true }
            let line = try #require(scratch.text("grandchild"))
            let grandchild = try #require(Int32(line.trimmingCharacters(in: .newlines)))
            pids.set([pid, grandchild])
        }
        #expect(pids.current.count == 2)
        for pid in pids.current { try await wait(until: "process \(pid) is gone") { !isAlive(pid) } }
        #expect(process.status.current.state == .stopped)
    }

    @Test func waitsLongerAfterEachFailure() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let clock = InstantClock()
        let process = supervised("echo no database; exit 3", in: scratch, clock: clock)
        try await whileRunning(process) { _ = try await wait(for: process.status) { $0.restarts >= 7 } }
        #expect(Array(clock.sleeps.prefix(7)) == [1, 2, 4, 8, 16, 30, 30].map { .seconds($0) })
    }

    @Test func saysHowItEndedAndItsLastWords() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let process = supervised("echo no database; exit 3", in: scratch, clock: ContinuousClock())
        try await whileRunning(process) {
            let status = try await wait(for: process.status) { $0.state == .backingOff }
            #expect(status.detail == "ended with exit code 3, its last words: 'no database'; starts again in 1 s")
        }
        // It may have been started again meanwhile, and say the same once more.
        #expect(scratch.text("sample.log")?.hasPrefix("no database\n") == true)
        #expect(scratch.mode("sample.log") == 0o600)
    }

    @Test func programThatIsNotThereIsAFailureNotACrash() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let spec = ProcessSpec(executable: "\(scratch.path)/nothing", environment: [:])
        let process = SupervisedProcess(name: "sample", spec: spec, logFile: "\(scratch.path)/log", logger: quiet)
        try await whileRunning(process) {
            let status = try await wait(for: process.status) { $0.state == .failed }
            #expect(status.detail.contains("there is no program '\(scratch.path)/nothing'"))
        }
    }
}

struct RestartBackOffTests {
    @Test func startsFreshAfterAMinuteUp() {
        var backOff = RestartBackOff()
        let uptimes: [Duration] = [.zero, .seconds(59), .seconds(60), .zero]
        #expect(uptimes.map { backOff.delay(afterUptime: $0) } == [1, 2, 1, 2].map { .seconds($0) })
    }
}

struct RotatingLogTests {
    @Test func keepsThreeOlderFilesWithinTheLimit() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let log = RotatingLog(path: "\(scratch.path)/a.log", limit: 10, kept: 3)
        for number in 1...6 { log.append(Array("line \(number)..\n".utf8)) }
        #expect(["a.log", "a.log.1", "a.log.2", "a.log.3"].map { scratch.text($0) } == [6, 5, 4, 3].map { "line \($0)..\n" })
        #expect(!scratch.has("a.log.4"))
        #expect(scratch.mode("a.log.3") == 0o600)
        #expect(log.lastLine == "line 6..")
    }

    @Test func goesOnWhereAnEarlierRunStopped() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        for _ in 1...2 { RotatingLog(path: "\(scratch.path)/a.log", limit: 100).append(Array("x\n".utf8)) }
        #expect(scratch.text("a.log") == "x\nx\n")
    }

    @Test func folderThatIsNotThereDropsTheOutput() throws {
        let log = RotatingLog(path: "/nonexistent/a.log")
        log.append(Array("x\n".utf8))
        #expect(log.lastLine == "x")
    }
}
