/// Which part of a prompt's beginning a worker still has, that it read before: the more requests it answered since, the less.
///
/// One decayed mean for each power of two of requests since; a mean starts from an assumption that counts as one measurement.
struct CacheYield: Sendable, Codable, Equatable {
    private(set) var parts: SIMD8<Double> = [0.95, 0.95, 0.9, 0.8, 0.7, 0.5, 0.3, 0.1]
    private var counts = SIMD8<Double>(repeating: 1)

    private static let share = 0.1

    mutating func learn(_ part: Double, requestsSince: Int) {
        guard part.isFinite else { return }
        let bucket = Self.bucket(requestsSince)
        counts[bucket] = min(counts[bucket] + 1, 1 / Self.share)
        parts[bucket] += (min(max(part, 0), 1) - parts[bucket]) / counts[bucket]
    }

    @inline(__always)
    static func bucket(_ requestsSince: Int) -> Int {
        min(7, Int.bitWidth - max(0, requestsSince / 2).leadingZeroBitCount)
    }

    var isSane: Bool {
        (0..<8).allSatisfy { (0...1).contains(parts[$0]) && (1...1 / Self.share).contains(counts[$0]) }
    }
}
