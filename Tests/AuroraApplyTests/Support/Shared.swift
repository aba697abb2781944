import Synchronization

/// A value that a closure of a test hands out.
final class Shared<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value { stored.withLock(\.self) }
    func set(_ value: Value) { stored.withLock { $0 = value } }
}
