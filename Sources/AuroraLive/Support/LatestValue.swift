import Synchronization

/// A value that one task sets and any number may read at once or follow.
///
/// A follower that is slow sees only the newest value: what matters is how things are, not how they were.
public final class LatestValue<Value: Sendable & Equatable>: Sendable {
    private struct State {
        var value: Value
        var followers: [Int: AsyncStream<Value>.Continuation] = [:]
        var nextID = 0
    }

    private let state: Mutex<State>

    public init(_ value: Value) { state = Mutex(State(value: value)) }

    public var current: Value { state.withLock { $0.value } }

    public func set(_ value: Value) {
        state.withLock { state in
            guard state.value != value else { return }
            state.value = value
            for follower in state.followers.values { follower.yield(value) }
        }
    }

    /// The value now, then each change; ends only when its reader does.
    public func changes() -> AsyncStream<Value> {
        let (stream, continuation) = AsyncStream<Value>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let id = state.withLock { state in
            state.nextID += 1
            state.followers[state.nextID] = continuation
            continuation.yield(state.value)
            return state.nextID
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.followers.removeValue(forKey: id) }
        }
        return stream
    }
}
