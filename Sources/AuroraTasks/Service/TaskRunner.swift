import AuroraDialects
import AuroraModel
import AuroraSystem
import Logging

import struct Foundation.Date

/// Runs one attempt of one task and stores how it ended.
struct TaskRunner: Sendable {
    private static let storeAttempts = 5

    let store: any TaskStore
    let executors: [any TaskExecutor]
    let planner: RetryPlanner
    let node: String
    let clock: any Clock<Duration>
    let now: @Sendable () -> Date
    let share: @Sendable () -> Double
    let logger: Logger
    private let started: Date

    init(
        store: any TaskStore, executors: [any TaskExecutor], planner: RetryPlanner, node: String, clock: any Clock<Duration>,
        now: @escaping @Sendable () -> Date, share: @escaping @Sendable () -> Double, logger: Logger
    ) {
        self.store = store
        self.executors = executors
        self.planner = planner
        self.node = node
        self.clock = clock
        self.now = now
        self.share = share
        self.logger = logger
        started = now()
    }

    private enum End: Sendable {
        case done(JSON)
        case failed(TaskError)
        case stopped(StopReason)
        /// The node stops; the task goes back in line.
        case abandoned
    }

    /// Returns when the attempt is over and that is stored, or cannot be.
    func run(_ task: TaskRecord, _ lease: TaskLease, stop: StopSwitch, log: TaskLog) async {
        log.begin(attempt: task.summary.attempts)
        switch await race(task, stop: stop, log: log) {
        case .done(let result): await settle(task, lease, .completed(result: result.text))
        case .failed(let error):
            let isSettling = now() < started.addingTimeInterval(planner.settings.settling.seconds)
            let outcome = planner.outcome(of: task.summary, after: error, node: node, isSettling: isSettling, at: now(), share: share())
            await settle(task, lease, outcome)
        case .stopped, .abandoned: return
        }
    }

    /// Whichever comes first: the end of the work, a stop, or the deadline.
    private func race(_ task: TaskRecord, stop: StopSwitch, log: TaskLog) async -> End {
        await withTaskGroup(of: End.self) { group in
            group.addTask { await attempt(task, log: log) }
            group.addTask { await stop.wait().map(End.stopped) ?? .abandoned }
            if let deadline = task.summary.deadline {
                let rest = max(0, deadline.timeIntervalSince(now()))
                group.addTask {
                    let slept: Void? = try? await clock.sleep(for: .milliseconds(Int(rest * 1000)), tolerance: nil)
                    return slept == nil ? .abandoned : .failed(TaskError(.deadline, "its deadline passed while it ran"))
                }
            }
            let first = await group.next() ?? .abandoned
            group.cancelAll()
            return first
        }
    }

    private func attempt(_ task: TaskRecord, log: TaskLog) async -> End {
        guard task.summary.losses < planner.settings.losses else {
            return .failed(TaskError(.deadline, "it was lost with its node \(task.summary.losses) times, so it may be the reason"))
        }
        guard let executor = executors.first(where: { $0.type.rawValue == task.summary.type }),
            let payload = (try? JSON(parsing: task.payload))?.object
        else { return .failed(TaskError(.request, "this version of Aurora cannot do a task of type '\(task.summary.type)'")) }
        do {
            return .done(try await executor.run(task, payload, log: log))
        } catch {
            return Task.isCancelled ? .abandoned : .failed(TaskError(error))
        }
    }

    /// A result that cannot be stored is tried again for a moment; then the lease runs out, and the task is done once more.
    private func settle(_ task: TaskRecord, _ lease: TaskLease, _ outcome: TaskOutcome) async {
        let (store, time) = (store, now())
        for attempt in 1...Self.storeAttempts {
            do {
                if try await uncancelled({ try await store.settle(lease, outcome, at: time) }) { count(task.summary, outcome) }
                return
            } catch {
                logger.error(
                    "could not store how a task ended", metadata: ["task": "\(lease.id)", "attempt": "\(attempt)", "error": "\(error)"])
                try? await clock.sleep(for: .seconds(1), tolerance: nil)
            }
        }
    }

    private func count(_ task: TaskSummary, _ outcome: TaskOutcome) {
        switch outcome {
        case .completed: count(task, .completed)
        case .failed: count(task, .failed)
        case .dead(let failure):
            logger.warning("a task was given up", metadata: ["task": "\(task.id)", "error": "\(failure.error)"])
            count(task, .dead)
        case .retry: TaskMetrics.retried(task.type)
        }
    }

    func count(_ task: TaskSummary, _ state: TaskState) {
        TaskMetrics.ended(task.type, state, seconds: now().timeIntervalSince(task.createdAt))
    }
}
