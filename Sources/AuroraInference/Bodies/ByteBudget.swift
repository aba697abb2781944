import AuroraDialects
import Synchronization

/// Bytes of bodies that may exist at the same time, all clients together.
struct ByteBudget: ~Copyable, Sendable {
    private let limit: Int
    private let taken = Atomic<Int>(0)

    init(_ limit: Int) { self.limit = limit }

    var now: Int { taken.load(ordering: .relaxed) }

    /// False, and nothing is taken, when there would be too many.
    func take(_ bytes: Int) -> Bool {
        guard taken.wrappingAdd(bytes, ordering: .relaxed).newValue > limit else { return true }
        giveBack(bytes)
        return false
    }

    func giveBack(_ bytes: Int) { taken.wrappingSubtract(bytes, ordering: .relaxed) }
}

/// Bytes of one request that count against the gateway's budgets until they are let go of.
struct HeldBytes {
    private(set) var memory = 0
    private(set) var file = 0

    mutating func add(_ bytes: Int, inFile: Bool = false) {
        if inFile { file += bytes } else { memory += bytes }
    }
}

extension DialectError {
    static let bodiesHeld = DialectError(.overloaded, "this node holds as many request bodies as it may; try again in a moment")
}
