import AuroraDialects
public import AuroraModel
public import AuroraSystem
public import Logging
public import ServiceLifecycle
import Synchronization

public import struct Foundation.Date

/// Durable tasks: stores them, runs them when it is their turn, and ends each of them once.
///
/// The store holds the truth; this actor only knows what runs here now. It knows no wire; `TaskRoutes` translates.
public actor TaskService: Service {
    /// A claimed task that this node works on.
    struct Running: Sendable {
        let lease: TaskLease
        let stop: StopSwitch
    }

    public nonisolated let settings: TaskSettings
    nonisolated let store: any TaskStore
    nonisolated let executors: [any TaskExecutor]
    nonisolated let node: String
    nonisolated let board = TaskBoard()
    nonisolated let clock: any Clock<Duration>
    nonisolated let now: @Sendable () -> Date
    nonisolated let logger: Logger

    private nonisolated let runner: TaskRunner
    private nonisolated let ready: @Sendable () async -> Void
    private nonisolated let bell = Bell()
    private nonisolated let counted = Mutex(TaskCounts())
    private nonisolated let hasChanged = Mutex(false)
    private nonisolated let waiting = Mutex(0)
    private let jobs: AsyncStream<TaskRecord>
    private nonisolated let queue: AsyncStream<TaskRecord>.Continuation
    private var running: [String: Running] = [:]
    private var storeFails = false

    /// - Parameters:
    ///   - gateway: where models are asked.
    ///   - commands: what `commands` may name; `runner` runs them in `folder`.
    ///   - ready: returns when the node knows its engines; nothing is claimed before.
    ///   - clock: measures; `now` stamps; `share` gives random numbers from 0 to 1.
    public init(
        store: any TaskStore, gateway: TaskGateway, commands: [TaskCommand] = [], runner: any CommandRunner, folder: String? = nil,
        settings: TaskSettings = TaskSettings(), logger: Logger, ready: @escaping @Sendable () async -> Void = {},
        clock: any Clock<Duration> = ContinuousClock(), now: @escaping @Sendable () -> Date = { Date() },
        share: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.init(
            store: store,
            executors: [
                InferenceExecutor(gateway: gateway), EmbeddingsExecutor(gateway: gateway),
                CommandsExecutor(commands: commands, runner: runner, node: gateway.node, folder: folder),
            ], node: gateway.node, settings: settings, logger: logger, ready: ready, clock: clock, now: now, share: share)
    }

    init(
        store: any TaskStore, executors: [any TaskExecutor], node: String, settings: TaskSettings, logger: Logger,
        ready: @escaping @Sendable () async -> Void, clock: any Clock<Duration>, now: @escaping @Sendable () -> Date,
        share: @escaping @Sendable () -> Double
    ) {
        self.store = store
        self.executors = executors
        self.node = node
        self.settings = settings
        self.logger = logger
        self.ready = ready
        self.clock = clock
        self.now = now
        runner = TaskRunner(
            store: store, executors: executors, planner: RetryPlanner(settings: settings), node: node, clock: clock, now: now, share: share,
            logger: logger)
        // Bounded by `settings.concurrency`: only as many are claimed as there are free places.
        (jobs, queue) = AsyncStream.makeStream()
    }

    /// Runs tasks until the node shuts down; then claims no more and waits for those that run. Cancelling puts them back in line.
    public func run() async throws {
        let released = try await store.release(node: node, at: now())
        if released > 0 { logger.notice("tasks of the last run are in line again", metadata: ["count": "\(released)"]) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.maintain() }
            await withDiscardingTaskGroup { workers in
                workers.addTask {
                    await cancelWhenGracefulShutdown { await self.claim() }
                    self.queue.finish()
                }
                for await task in jobs { workers.addTask { await self.work(on: task) } }
            }
            group.cancelAll()
        }
        running = [:]
        do {
            _ = try await uncancelled { [store, node, now] in try await store.release(node: node, at: now()) }
        } catch {
            logger.warning("tasks that ran stay claimed until the next start", metadata: ["error": "\(error)"])
        }
    }

    /// How many tasks there are, a second old at most for what this node did, ten for what others did.
    public nonisolated var latestCounts: TaskCounts { counted.withLock { $0 } }

    /// How many tasks there are now.
    public func counts() async throws -> TaskCounts {
        let counts = try await store.taskCounts()
        counted.withLock { $0 = counts }
        return counts
    }

    // MARK: what clients ask for

    /// Stores tasks, all or none; returns when they are on disk.
    func add(_ tasks: [NewTask]) async throws -> [AddedTask] {
        let added = try await store.add(tasks, limit: settings.limit)
        for (type, group) in Dictionary(grouping: zip(tasks, added).filter(\.1.isNew), by: \.0.type) {
            TaskMetrics.submitted(type, count: group.count)
        }
        noteChange()
        bell.ring()
        return added
    }

    /// Ends an open task at once; nil when there is none of that id. One that has ended stays as it is.
    func cancel(_ id: String) async throws -> TaskRecord? {
        guard let before = try await store.task(id) else { return nil }
        guard try await store.cancel(id, at: now()) != nil else { return nil }
        running[id]?.stop.turn(.cancelled)
        noteChange()
        board.changed(id)
        let after = try await store.task(id)
        if !before.summary.state.isFinal, let summary = after?.summary, summary.state == .cancelled { runner.count(summary, .cancelled) }
        return after
    }

    /// The task once it has ended, or as it is when the time is over, the node stops, or too many wait already.
    func wait(for id: String, atMost limit: Duration) async throws -> TaskRecord? {
        let isWelcome = waiting.withLock { waiting in
            guard waiting < settings.waiters else { return false }
            waiting += 1
            return true
        }
        guard isWelcome, limit > .zero else {
            if isWelcome { waiting.withLock { $0 -= 1 } }
            return try await store.task(id)
        }
        defer { waiting.withLock { $0 -= 1 } }
        await cancelWhenGracefulShutdown { [self] in
            await firstOf({ await self.untilEnded(id) }, { try? await self.clock.sleep(for: limit, tolerance: nil) })
        }
        return try await store.task(id)
    }

    /// Returns early when the task is cancelled or the store fails.
    private nonisolated func untilEnded(_ id: String) async {
        await board.with(id) { log in
            while !Task.isCancelled {
                let seen = log.snapshot.turns
                guard let state = try? await store.task(id)?.summary.state, !state.isFinal else { return }
                // Another node may end it too, so the store is asked again after a while.
                await firstOf(
                    { await log.wait { $0.turns > seen } }, { try? await self.clock.sleep(for: .seconds(5), tolerance: nil) })
            }
        }
    }

    // MARK: the work

    /// Claims what is due whenever there is a free place, until it is cancelled.
    private func claim() async {
        await ready()
        while !Task.isCancelled {
            let free = settings.concurrency - running.count
            let claimed = free > 0 ? await claimed(free) : []
            for task in claimed {
                let lease = TaskLease(id: task.summary.id, node: node, attempt: task.summary.attempts)
                running[task.summary.id] = Running(lease: lease, stop: StopSwitch())
                queue.yield(task)
            }
            if claimed.isEmpty || claimed.count == free { await bell.wait(atMost: settings.look, clock: clock) }
        }
    }

    private func claimed(_ free: Int) async -> [TaskRecord] {
        let (time, node, store) = (now(), node, store)
        let until = time.addingTimeInterval(settings.lease.seconds)
        do {
            let claim = TaskClaim(node: node, limit: free, now: time, until: until, working: Array(running.keys))
            let tasks = try await uncancelled { try await store.claim(claim) }
            storeFails = false
            return tasks
        } catch {
            if !storeFails { logger.error("no task can be taken", metadata: ["error": "\(error)"]) }
            storeFails = true
            return []
        }
    }

    private func work(on task: TaskRecord) async {
        guard let entry = running[task.summary.id] else { return }
        await board.with(task.summary.id) { log in
            await runner.run(task, entry.lease, stop: entry.stop, log: log)
            running[task.summary.id] = nil
            log.changed()
        }
        noteChange()
        bell.ring()
    }

    private nonisolated func noteChange() { hasChanged.withLock { $0 = true } }

    /// Keeps leases, deadlines, numbers and old results in order, until it is cancelled.
    private func maintain() async {
        var upkeep = TaskUpkeep(settings: settings)
        while !Task.isCancelled {
            do {
                let changed = hasChanged.withLock { changed in
                    defer { changed = false }
                    return changed
                }
                for duty in upkeep.duties(hasChanged: changed) { try await perform(duty) }
            } catch {
                if !storeFails, !Task.isCancelled { logger.error("tasks cannot be kept in order", metadata: ["error": "\(error)"]) }
                storeFails = true
            }
            try? await clock.sleep(for: TaskUpkeep.interval, tolerance: nil)
        }
    }

    private func perform(_ duty: TaskUpkeep.Duty) async throws {
        switch duty {
        case .count: TaskMetrics.now(try await counts())
        case .expire:
            for id in try await store.expire(at: now()) {
                noteChange()
                board.changed(id)
            }
        case .renew: try await renew()
        case .prune:
            let before = now().addingTimeInterval(-settings.keep.seconds)
            while try await store.prune(finishedBefore: before, limit: 1_000) == 1_000 {}
        }
    }

    private func renew() async throws {
        let mine = running
        guard !mine.isEmpty else { return }
        let held = try await store.extend(mine.values.map(\.lease), until: now().addingTimeInterval(settings.lease.seconds))
        for (id, entry) in mine where !held.contains(id) { entry.stop.turn(.leaseLost) }
    }
}
