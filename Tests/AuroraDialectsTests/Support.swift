import NIOCore

@testable import AuroraDialects

/// A small generator with a seed, so that a failing case comes again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// The bytes with one to eight things wrong: flipped, cut out, doubled, cut off.
    mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
        var changed = bytes
        for _ in 0..<Int.random(in: 1...8, using: &self) where !changed.isEmpty {
            let place = Int.random(in: 0..<changed.count, using: &self)
            switch Int.random(in: 0..<5, using: &self) {
            case 0: changed[place] = UInt8.random(in: .min ... .max, using: &self)
            case 1: changed.remove(at: place)
            case 2: changed.insert(contentsOf: changed[place..<min(changed.count, place + 5)], at: place)
            case 3: changed[place] = Array("\"\\{}[],:".utf8).randomElement(using: &self) ?? 0
            default: changed.removeSubrange(place..<min(changed.count, place + 3))
            }
        }
        return changed
    }
}

extension String {
    init(_ buffer: ByteBuffer) { self.init(buffer: buffer) }
}
