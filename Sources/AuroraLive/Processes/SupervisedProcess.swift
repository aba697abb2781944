import AuroraSystem
import Foundation
public import Logging
public import ServiceLifecycle

/// How a supervised process is, in one word and one sentence.
public struct ProcessStatus: Sendable, Equatable {
    public enum State: String, Sendable {
        case starting
        case running
        /// It ended and will be started again.
        case backingOff = "backing-off"
        /// It could not even be started; tried again all the same.
        case failed
        case stopped
    }

    public let state: State
    public let detail: String
    /// While running.
    public let pid: Int32?
    /// How often it was started again.
    public let restarts: Int
}

/// Keeps a command running: restarts it with back-off, keeps its output, and ends its whole group with the node.
///
/// A node that is killed cannot end its children. A command that must not outlive it watches its parent itself.
public final class SupervisedProcess: Service {
    public let name: String
    private let spec: ProcessSpec
    private let log: RotatingLog
    private let grace: Duration
    private let clock: any Clock<Duration>
    private let logger: Logger
    /// How it is; readable at any time, and followed with `changes()`.
    public let status = LatestValue(ProcessStatus(state: .stopped, detail: "not started", pid: nil, restarts: 0))

    /// - Parameters:
    ///   - logFile: path of the file for standard output and error; rotated at 5 MB, three older ones kept.
    ///   - grace: how long it may take to end when asked to.
    public init(
        name: String, spec: ProcessSpec, logFile: String, grace: Duration = .seconds(10), clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger
    ) {
        self.name = name
        self.spec = spec
        log = RotatingLog(path: logFile)
        self.grace = grace
        self.clock = clock
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown { await self.supervise() }
        report(.stopped, "stopped")
    }

    /// Ends the process at once, so that it is started afresh: for one that runs but does nothing any more.
    func interrupt() {
        if let pid = status.current.pid { _ = kill(-pid, SIGKILL) }
    }

    private func supervise() async {
        var backOff = RestartBackOff()
        while !Task.isCancelled {
            report(.starting, "starting '\(spec.executable)'")
            var end = (state: ProcessStatus.State.failed, reason: "")
            let uptime = await clock.measure { end = await once() }
            if Task.isCancelled { return }
            let delay = backOff.delay(afterUptime: uptime)
            report(end.state, "\(end.reason); starts again in \(delay.components.seconds) s")
            logger.warning("\(name) \(end.reason), starting it again", metadata: ["delay_seconds": "\(delay.components.seconds)"])
            try? await clock.sleep(for: delay)
            report(.starting, "starting '\(spec.executable)'", restarted: true)
        }
    }

    /// Runs it until it ends; returns the state that leaves and why.
    private func once() async -> (ProcessStatus.State, String) {
        do {
            let ending = try await ChildProcess.run(
                spec, grace: grace, started: { self.report(.running, "running", pid: $0) }, output: { self.log.append($0) })
            return (.backingOff, ending.sentence + (log.lastLine.map { ", its last words: '\($0)'" } ?? ""))
        } catch {
            return (.failed, "\(error)")
        }
    }

    private func report(_ state: ProcessStatus.State, _ detail: String, pid: Int32? = nil, restarted: Bool = false) {
        let restarts = status.current.restarts + (restarted ? 1 : 0)
        status.set(ProcessStatus(state: state, detail: detail, pid: pid, restarts: restarts))
    }
}
