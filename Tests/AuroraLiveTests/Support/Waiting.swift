import AuroraLive
import Foundation
import Testing

struct NeverHappened: Error, CustomStringConvertible {
    let description: String
}

/// Follows a value until it is as wanted; throws with what it was last when that takes too long.
func wait<Value>(
    for value: LatestValue<Value>, within limit: Duration = .seconds(30), _ wanted: @escaping @Sendable (Value) -> Bool
) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
        group.addTask {
            for await now in value.changes() where wanted(now) { return now }
            return nil
        }
        group.addTask {
            try await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        guard let first = try await group.next(), let found = first else { throw NeverHappened(description: "last seen: \(value.current)") }
        return found
    }
}

/// Looks again and again until the condition holds, for what has no event to wait for.
func wait(until what: String, within limit: Duration = .seconds(30), _ condition: @Sendable () async -> Bool) async throws {
    let deadline = ContinuousClock.now + limit
    while await !condition() {
        guard ContinuousClock.now < deadline else { throw NeverHappened(description: what) }
        try await Task.sleep(for: .milliseconds(20))
    }
}

/// Whether the process runs; one that only waits to be reaped does not.
func isAlive(_ pid: Int32) -> Bool {
    guard kill(pid, 0) == 0 else { return false }
    #if os(Linux)
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ").dropFirst().first != "Z"
    #else
    return true
    #endif
}
