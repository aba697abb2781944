public import AuroraSystem
import Foundation
public import Logging
public import ServiceLifecycle

/// How the local engine is, in one word, one sentence and, while it is installed, how far that is.
public struct LocalEngineState: Sendable, Equatable {
    public enum Word: String, Sendable {
        /// Not asked for.
        case idle
        case installing
        case starting
        case running
        case backingOff = "backing-off"
        case failed
        case stopped
    }

    public let word: Word
    public let detail: String
    /// 0 to 1 while installing.
    public let progress: Double?

    public init(_ word: Word, _ detail: String, progress: Double? = nil) {
        self.word = word
        self.detail = detail
        self.progress = progress
    }
}

/// A small engine that the node installs and runs itself: a server and a model from PyPI, in a folder of their own.
///
/// It speaks the OpenAI wire on loopback. `run()` waits until `start()` is called, which the node does when it found
/// no other engine. Failures never end the node: they are shown and tried again.
public final class LocalEngine: Service {
    private let files: LocalEngineFiles
    private let port: Int
    private let settings: LocalEngineSettings
    private let environment: [String: String]
    private let http: any HTTPCalling
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let wanted = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    /// How it is; readable at any time, and followed with `changes()`.
    public let status = LatestValue(LocalEngineState(.idle, "not needed"))

    /// - Parameters:
    ///   - folder: everything it installs and writes lies here; made when missing.
    ///   - port: a free port on 127.0.0.1, see `FreePort`.
    ///   - environment: that of this process when nil; only what a child needs is passed on.
    public init(
        folder: String, port: Int, settings: LocalEngineSettings = LocalEngineSettings(), http: any HTTPCalling, logger: Logger,
        environment: [String: String]? = nil, clock: any Clock<Duration> = ContinuousClock()
    ) {
        files = LocalEngineFiles(folder: folder)
        self.port = port
        self.settings = settings
        self.environment = ChildEnvironment.minimal(from: environment ?? ProcessInfo.processInfo.environment)
        self.http = http
        self.clock = clock
        self.logger = logger
    }

    /// Base URL, known before it runs.
    public var url: String { "http://127.0.0.1:\(port)" }
    /// Name of the model that it serves.
    public var model: String { settings.alias }

    /// Installs it if needed and runs it from now on; calling it again changes nothing.
    public func start() { wanted.continuation.yield() }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            for await _ in self.wanted.stream { break }
            await self.installUntilDone()
            await self.serve()
        }
        status.set(LocalEngineState(.stopped, "stopped"))
    }

    private func installUntilDone() async {
        let installer = LocalEngineInstaller(settings: settings, files: files, environment: environment, clock: clock)
        status.set(LocalEngineState(.starting, "looking what is installed"))
        while !Task.isCancelled {
            do {
                try await installer.install { self.status.set(LocalEngineState(.installing, $0.sentence, progress: $0.fraction)) }
                return
            } catch {
                if Task.isCancelled { return }
                logger.error("cannot install the local engine", metadata: ["error": "\(error)"])
                status.set(LocalEngineState(.failed, "\(error); tried again in \(settings.retryDelay.components.seconds) s"))
                try? await clock.sleep(for: settings.retryDelay)
            }
        }
    }

    private func serve() async {
        guard !Task.isCancelled else { return }
        let process = SupervisedProcess(
            name: "local engine", spec: command, logFile: files.log, grace: .seconds(5), clock: clock, logger: logger)
        let watch = LocalEngineWatch(process: process, url: url, model: model, http: http, clock: clock)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await process.run() }
            group.addTask { await watch.run(report: self.status.set) }
            await group.next()
            group.cancelAll()
        }
    }

    private var command: ProcessSpec {
        let arguments = [
            "-I", "-u", files.script, "--port", "\(port)", "--parent", "\(getpid())", "--package", settings.model.module,
            "--alias", settings.alias, "--context", "\(settings.contextTokens)", "--parallel", "\(settings.parallel)",
        ]
        return ProcessSpec(executable: files.python, arguments: arguments, environment: environment, workingDirectory: files.folder)
    }
}
