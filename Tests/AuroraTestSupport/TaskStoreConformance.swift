public import AuroraModel
public import AuroraSystem
import Foundation
import Testing

/// What a task store must do; used like `ConversationStoreConformance`.
public enum TaskStoreConformance {
    public typealias Case = StoreCase<any TaskStore>

    public static var cases: [Case] { adding + claiming + settling + cancelling + listing + keeping }

    private static let adding: [Case] = [
        Case("keeps a task exactly") { store async throws in
            var task = NewTask.sample("t", key: "k")
            task.payload = "{\"message\":\"zwölf \\u0001\",\"n\":0.70}"
            task.requirements = TaskRequirements(model: "m", node: "n", worker: "n/w", gpuMemoryBytes: 24 << 30, gpu: true)
            (task.session, task.traceparent, task.deadline, task.priority) = ("s", "00-a-b-01", .sample(60), 9)
            #expect(try await store.add([task], limit: 9) == [AddedTask(id: "t", state: .queued, isNew: true)])
            let stored = try #require(try await store.task("t"))
            #expect(stored.payload == task.payload && stored.result == nil)
            let summary = stored.summary
            #expect((summary.id, summary.type, summary.state, summary.priority) == ("t", "llm_inference", .queued, 9))
            #expect(summary.requirements == task.requirements)
            #expect((summary.session, summary.traceparent, summary.idempotencyKey) == ("s", "00-a-b-01", "k"))
            #expect((summary.attempts, summary.failures, summary.losses, summary.errors) == (0, 0, 0, []))
            #expect((summary.createdAt, summary.deadline, summary.startedAt, summary.finishedAt) == (.sample(), .sample(60), nil, nil))
            #expect(try await store.task("T") == nil)
        },
        Case("stores the same request once for one key, also within a batch") { store async throws in
            let first = try await store.add([.sample("a", key: "k"), .sample("b", key: "k"), .sample("c")], limit: 9)
            #expect(first.map(\.id) == ["a", "a", "c"] && first.map(\.isNew) == [true, false, true])
            #expect(try await store.add([.sample("d", key: "k")], limit: 2) == [AddedTask(id: "a", state: .queued, isNew: false)])
            #expect(try await store.taskCounts().queued == 2)
        },
        Case("refuses a key that comes with another request, and stores nothing of that batch") { store async throws in
            _ = try await store.add([.sample("a", key: "k")], limit: 9)
            var other = NewTask.sample("b", key: "k")
            other.requestHash = "other"
            await expectError(.conflict) { [other] in _ = try await store.add([.sample("c"), other], limit: 9) }
            #expect(try await store.task("c") == nil)
            #expect(try await store.task("a") != nil)
        },
        Case("refuses an id twice") { store async throws in
            _ = try await store.add([.sample("a")], limit: 9)
            await expectError(.conflict) { _ = try await store.add([.sample("a")], limit: 9) }
        },
        Case("holds at most so many open tasks, and stores nothing of a batch that is too much") { store async throws in
            _ = try await store.add([.sample("a"), .sample("b")], limit: 3)
            await expectError(.overloaded) { _ = try await store.add([.sample("c"), .sample("d")], limit: 3) }
            #expect(try await store.task("c") == nil)
            _ = try await store.cancel("a", at: .sample())
            _ = try await store.add([.sample("c"), .sample("d")], limit: 3)
            #expect(try await store.taskCounts() == TaskCounts(queued: 3, cancelled: 1))
        },
    ]

    private static let claiming: [Case] = [
        Case("gives due tasks by priority, then age") { store async throws in
            let tasks = [NewTask.sample("low", priority: 0), .sample("old"), .sample("new"), .sample("high", priority: 10)]
            _ = try await store.add(tasks, limit: 9)
            #expect(try await store.claim(.sample(3)).map(\.summary.id) == ["high", "old", "new"])
            #expect(try await store.claim(.sample(3)).map(\.summary.id) == ["low"])
            #expect(try await store.claim(.sample(3)).isEmpty)
        },
        Case("hands out the whole task and counts the attempt") { store async throws in
            _ = try await store.add([.sample("t")], limit: 9)
            let claimed = try #require(try await store.claim(.sample(1, at: 5)).first)
            #expect(claimed == (try await store.task("t")))
            let summary = claimed.summary
            #expect((summary.state, summary.attempts, summary.node, summary.startedAt) == (.running, 1, "n", .sample(5)))
        },
        Case("gives each task to one of many that claim at once") { store async throws in
            _ = try await store.add((0..<40).map { .sample("t\($0)") }, limit: 99)
            let claimed = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 0..<8 {
                    group.addTask { try await store.claim(.sample(7, node: "n\(number)")).map(\.summary.id) }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 40 && Set(claimed).count == 40)
        },
        Case("gives nothing that is not due, or whose deadline has passed") { store async throws in
            var late = NewTask.sample("late")
            late.deadline = .sample(5)
            _ = try await store.add([late, .sample("t")], limit: 9)
            let lease = TaskLease.sample("t")
            #expect(try await store.claim(.sample(1, at: 5)).map(\.summary.id) == ["t"])
            _ = try await store.settle(lease, .retry(.sample(), due: .sample(20), isCounted: true), at: .sample(6))
            #expect(try await store.claim(.sample(9, at: 19)).isEmpty)
            #expect(try await store.claim(.sample(9, at: 20)).map(\.summary.id) == ["t"])
        },
        Case("takes a task back when its lease runs out, and says why") { store async throws in
            _ = try await store.add([.sample("t")], limit: 9)
            _ = try await store.claim(.sample(1, node: "first"))
            #expect(try await store.claim(.sample(1, node: "second", at: 29)).isEmpty)
            let again = try #require(try await store.claim(.sample(1, node: "second", at: 30)).first).summary
            #expect((again.attempts, again.losses, again.failures, again.node) == (2, 1, 0, "second"))
            #expect(again.errors.map(\.error) == ["node 'first' stopped before the task had ended"])
            #expect(again.startedAt == .sample())
        },
        Case("leaves a node what it still works on, however long it slept, unless another node took it") { store async throws in
            _ = try await store.add([.sample("a"), .sample("b")], limit: 9)
            _ = try await store.claim(.sample(2, node: "sleeper"))
            var claim = TaskClaim.sample(9, node: "sleeper", at: 1_000)
            claim.working = ["a", "b"]
            #expect(try await store.claim(claim).isEmpty)
            #expect(try await store.extend([TaskLease(id: "a", node: "sleeper", attempt: 1)], until: .sample(2_000)) == ["a"])
            claim.node = "other"
            #expect(try await store.claim(claim).map(\.summary.id) == ["b"])
        },
        Case("keeps a lease that is extended, and tells of those that are lost") { store async throws in
            _ = try await store.add([.sample("kept"), .sample("cancelled")], limit: 9)
            _ = try await store.claim(.sample(2))
            _ = try await store.cancel("cancelled", at: .sample(1))
            let leases = [TaskLease.sample("kept"), .sample("cancelled"), .sample("never"), .sample("kept", attempt: 2)]
            #expect(try await store.extend(leases, until: .sample(100)) == ["kept"])
            #expect(try await store.claim(.sample(9, at: 99)).isEmpty)
            #expect(try await store.claim(.sample(9, at: 100)).count == 1)
            #expect(try await store.extend([], until: .sample(100)).isEmpty)
        },
        Case("puts what a node left back in line, and nothing of another") { store async throws in
            _ = try await store.add([.sample("a"), .sample("b"), .sample("c")], limit: 9)
            _ = try await store.claim(.sample(1, node: "dead"))
            _ = try await store.claim(.sample(1, node: "alive"))
            #expect(try await store.release(node: "dead", at: .sample(2)) == 1)
            #expect(try await store.release(node: "dead", at: .sample(2)) == 0)
            #expect(try await store.task("a")?.summary.state == .queued)
            #expect(try await store.task("b")?.summary.state == .running)
        },
    ]

    private static let settling: [Case] = [
        Case("ends a task once: a lost lease changes nothing") { store async throws in
            _ = try await store.add([.sample("t")], limit: 9)
            _ = try await store.claim(.sample(1, node: "slow"))
            _ = try await store.claim(.sample(1, node: "fast", at: 40))
            let (slow, fast) = (TaskLease(id: "t", node: "slow", attempt: 1), TaskLease(id: "t", node: "fast", attempt: 2))
            #expect(try await store.settle(slow, .completed(result: "{\"n\":1}"), at: .sample(41)) == false)
            #expect(try await store.settle(fast, .completed(result: "{\"n\":2}"), at: .sample(42)))
            #expect(try await store.settle(fast, .completed(result: "{\"n\":3}"), at: .sample(43)) == false)
            #expect(try await store.settle(slow, .failed(.sample()), at: .sample(44)) == false)
            let task = try #require(try await store.task("t"))
            #expect(
                (task.result, task.summary.state, task.summary.finishedAt, task.summary.node) == ("{\"n\":2}", .completed, .sample(42), nil)
            )
            #expect(try await store.claim(.sample(9, at: 1_000)).isEmpty)
        },
        Case("keeps every error of a task, repeated ones once") { store async throws in
            _ = try await store.add([.sample("t")], limit: 9)
            for attempt in 1...4 {
                _ = try await store.claim(.sample(1, at: Double(attempt)))
                let failure = TaskFailure.sample(attempt == 1 ? "first" : "second", attempt: attempt)
                let outcome = TaskOutcome.retry(failure, due: .sample(Double(attempt)), isCounted: attempt != 2)
                #expect(try await store.settle(.sample("t", attempt: attempt), outcome, at: .sample(Double(attempt))))
            }
            _ = try await store.claim(.sample(1, at: 9))
            _ = try await store.settle(.sample("t", attempt: 5), .dead(.sample("last", attempt: 5)), at: .sample(9))
            let task = try #require(try await store.task("t")).summary
            #expect((task.state, task.attempts, task.failures) == (.dead, 5, 3))
            #expect(task.errors.map(\.error) == ["first", "second", "last"] && task.errors.map(\.times) == [1, 3, 1])
            #expect(task.errors.map(\.attempt) == [1, 4, 5])
        },
        Case("tells a wrong request from one that was given up") { store async throws in
            _ = try await store.add([.sample("t")], limit: 9)
            _ = try await store.claim(.sample(1))
            #expect(try await store.settle(.sample("t"), .failed(.sample("no such model")), at: .sample(1)))
            #expect(try await store.task("t")?.summary.state == .failed)
            #expect(try await store.taskCounts() == TaskCounts(failed: 1))
        },
    ]

    private static let cancelling: [Case] = [
        Case("cancels a queued and a running task, and leaves an ended one") { store async throws in
            _ = try await store.add([.sample("done"), .sample("running"), .sample("queued")], limit: 9)
            _ = try await store.claim(.sample(2))
            _ = try await store.settle(.sample("done"), .completed(result: "{}"), at: .sample(1))
            #expect(try await store.cancel("queued", at: .sample(2))?.state == .cancelled)
            #expect(try await store.cancel("running", at: .sample(2))?.state == .cancelled)
            #expect(try await store.cancel("running", at: .sample(3))?.finishedAt == .sample(2))
            #expect(try await store.cancel("done", at: .sample(2))?.state == .completed)
            #expect(try await store.cancel("none", at: .sample(2)) == nil)
            #expect(try await store.settle(.sample("running"), .completed(result: "{}"), at: .sample(4)) == false)
            #expect(try await store.claim(.sample(9, at: 99)).isEmpty)
        },
        Case("gives up queued tasks whose deadline passed") { store async throws in
            var late = NewTask.sample("late")
            late.deadline = .sample(5)
            _ = try await store.add([late, .sample("t")], limit: 9)
            #expect(try await store.expire(at: .sample(4)).isEmpty)
            #expect(try await store.expire(at: .sample(5)) == ["late"])
            #expect(try await store.expire(at: .sample(6)).isEmpty)
            let task = try #require(try await store.task("late")).summary
            #expect((task.state, task.finishedAt) == (.dead, .sample(5)))
            #expect(task.errors.map(\.error) == ["its deadline passed before it could be done"])
        },
    ]

    private static let listing: [Case] = [
        Case("lists newest first, page by page, by state and type") { store async throws in
            _ = try await store.add((0..<7).map { .sample("t\($0)", type: $0 == 3 ? "embeddings" : "llm_inference") }, limit: 9)
            _ = try await store.cancel("t6", at: .sample(1))
            var query = TaskQuery(states: [.queued], limit: 4)
            let first = try await store.tasks(matching: query)
            #expect(first.items.map(\.id) == ["t5", "t4", "t3", "t2"])
            _ = try await store.add([.sample("t8")], limit: 9)
            #expect(first.next != nil)
            query.before = first.next
            let second = try await store.tasks(matching: query)
            #expect(second.items.map(\.id) == ["t1", "t0"] && second.next == nil)
            #expect(try await store.tasks(matching: TaskQuery(type: "embeddings")).items.map(\.id) == ["t3"])
            #expect(try await store.tasks(matching: TaskQuery(states: [.cancelled, .dead])).items.map(\.id) == ["t6"])
            #expect(try await store.tasks(matching: TaskQuery()).items.count == 8)
        },
        Case("refuses a page that is none and a limit of nothing") { store async throws in
            await expectError(.invalid) { _ = try await store.tasks(matching: TaskQuery(before: "'; DROP TABLE task")) }
            await expectError(.invalid) { _ = try await store.tasks(matching: TaskQuery(limit: 0)) }
        },
    ]

    private static let keeping: [Case] = [
        Case("removes what ended long ago, oldest first, and never what is open") { store async throws in
            _ = try await store.add((0..<4).map { .sample("t\($0)", key: "k\($0)") }, limit: 9)
            for number in 0..<3 { _ = try await store.cancel("t\(number)", at: .sample(Double(number))) }
            #expect(try await store.prune(finishedBefore: .sample(0), limit: 9) == 0)
            #expect(try await store.prune(finishedBefore: .sample(9), limit: 2) == 2)
            #expect(try await store.tasks(matching: TaskQuery()).items.map(\.id) == ["t3", "t2"])
            #expect(try await store.prune(finishedBefore: .sample(9), limit: 9) == 1)
            // A key is forgotten with its task.
            #expect(try await store.add([.sample("again", key: "k0")], limit: 9).first?.isNew == true)
        }
    ]
}

extension NewTask {
    public static func sample(_ id: String, type: String = "llm_inference", priority: Int = 5, key: String? = nil) -> NewTask {
        NewTask(
            id: id, type: type, priority: priority, payload: "{\"message\":\"hello\"}", idempotencyKey: key, requestHash: "hash",
            createdAt: .sample())
    }
}

extension TaskClaim {
    public static func sample(_ limit: Int, node: String = "n", at seconds: Double = 0) -> TaskClaim {
        TaskClaim(node: node, limit: limit, now: .sample(seconds), until: .sample(seconds + 30))
    }
}

extension TaskLease {
    public static func sample(_ id: String, attempt: Int = 1) -> TaskLease { TaskLease(id: id, node: "n", attempt: attempt) }
}

extension TaskFailure {
    public static func sample(_ error: String = "it failed", attempt: Int = 1) -> TaskFailure {
        TaskFailure(at: .sample(Double(attempt)), attempt: attempt, node: "n", worker: "w", error: error)
    }
}
