/// Runs both and returns when the first has returned and the other, cancelled then, has followed.
public func firstOf(_ one: @escaping @Sendable () async -> Void, _ other: @escaping @Sendable () async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
        group.addTask(operation: one)
        group.addTask(operation: other)
        await group.next()
        group.cancelAll()
    }
}

/// Runs to its end even when the calling task is cancelled: a store's write that is cut would lose how something ended.
///
/// The task is awaited on the spot, so nothing outlives the caller.
public func uncancelled<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
    // allowed: awaited here, and the only way to shield an operation from cancellation
    try await Task { try await operation() }.value
}
