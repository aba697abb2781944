/// The last few workers that read a prompt's beginning, the newest first. Of fixed size, so that it lives without allocation.
struct Holders: Sendable, Equatable {
    private var workers = SIMD4<Int32>(repeating: none)
    private var tokens = SIMD4<Int32>()
    private var sent = SIMD4<UInt32>()

    private static let none = Int32.min

    /// What a worker may still have.
    struct Part: Sendable, Equatable {
        var tokens = 0
        /// The worker's `sent` when it read them.
        var sent: UInt32 = 0
    }

    var newest: WorkerID? { workers[0] == Self.none ? nil : WorkerID(workers[0]) }
    var isFull: Bool { workers[3] != Self.none }

    var all: [WorkerID] {
        (0..<4).compactMap { workers[$0] == Self.none ? nil : WorkerID(workers[$0]) }
    }

    @inline(__always)
    func part(of worker: WorkerID) -> Part? {
        for lane in 0..<4 where workers[lane] == worker.raw { return Part(tokens: Int(tokens[lane]), sent: sent[lane]) }
        return nil
    }

    /// Makes a worker the newest; the oldest is forgotten when there are too many.
    mutating func put(_ worker: WorkerID, _ part: Part) {
        guard worker.raw != Self.none else { return }
        var last = 3
        for lane in 0..<4 where workers[lane] == worker.raw { last = lane }
        for lane in stride(from: last, to: 0, by: -1) { move(from: lane - 1, to: lane) }
        set(0, worker, part)
    }

    /// Adds workers that are not there yet, behind the others, with so many tokens.
    mutating func append(_ others: Holders, tokens: Int) {
        for lane in 0..<4 where others.workers[lane] != Self.none {
            let worker = WorkerID(others.workers[lane])
            guard part(of: worker) == nil, let free = (0..<4).first(where: { workers[$0] == Self.none }) else { continue }
            set(free, worker, Part(tokens: tokens, sent: others.sent[lane]))
        }
    }

    private mutating func set(_ lane: Int, _ worker: WorkerID, _ part: Part) {
        workers[lane] = worker.raw
        tokens[lane] = Int32(clamping: part.tokens)
        sent[lane] = part.sent
    }

    private mutating func move(from: Int, to: Int) {
        workers[to] = workers[from]
        tokens[to] = tokens[from]
        sent[to] = sent[from]
    }
}
