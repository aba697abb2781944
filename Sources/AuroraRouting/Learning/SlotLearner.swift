/// Learns how many requests a worker runs at once, from when first tokens come.
///
/// A first token that comes while k other answers are in the middle proves k + 1 slots. A first token that comes only right
/// after another answer ended, though long awaited, speaks for a limit; three in a row without proof of more set it. Now and
/// then, when requests wait, one more than the limit is sent, to see whether the limit still holds.
struct SlotLearner: Sendable, Equatable {
    private(set) var slots: Int
    private let limit: Int
    private var evidence = 0
    private var evidenceSlots = 0
    private(set) var nextProbe = Instant.origin
    private var pause = Self.firstPause

    private static let evidenceNeeded = 3
    private static let firstPause = 10.0
    private static let longestPause = 600.0

    init(slots: Int, limit: Int) {
        self.limit = max(1, limit)
        self.slots = min(max(1, slots), self.limit)
    }

    /// A first token came while `others` were in the middle of their answers.
    mutating func proved(others: Int, now: Instant) {
        guard others + 1 >= slots else { return }
        evidence = 0
        guard others + 1 > slots else { return }
        slots = min(others + 1, limit)
        pause = Self.firstPause
        nextProbe = now.advanced(by: 1)
    }

    /// A first token came only after another answer made room, with `others` in the middle of theirs.
    mutating func queued(others: Int, now: Instant) {
        guard others + 1 < slots else {
            if others + 1 == slots { postponeProbe(now) }
            return
        }
        evidenceSlots = evidence == 0 ? others + 1 : max(evidenceSlots, others + 1)
        evidence += 1
        guard evidence >= Self.evidenceNeeded else { return }
        slots = max(1, evidenceSlots)
        evidence = 0
        postponeProbe(now)
    }

    /// One more than the limit was sent; not again before a pause, which grows while it finds nothing.
    mutating func probing(now: Instant) { postponeProbe(now) }

    private mutating func postponeProbe(_ now: Instant) {
        nextProbe = now.advanced(by: pause)
        pause = min(pause * 2, Self.longestPause)
    }
}
