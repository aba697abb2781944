import NIOCore

/// Hashes of a prompt's beginning, block by block, each over all blocks before it too: equal beginnings have equal hashes, so
/// the router can tell which worker may still have them in its cache.
///
/// They are taken from the bytes as the client wrote them. A conversation that goes on repeats its earlier turns byte for byte.
enum PromptHashes {
    /// Bytes of a block: about 128 tokens, which is what the router takes a block for.
    static let blockBytes = 512
    private static let limit = 16

    /// - Parameter start: where the prompt begins in the body.
    static func make(_ body: UnsafeRawBufferPointer, from start: Int) -> [UInt64] {
        let blocks = min(limit, (body.count - start) / blockBytes)
        guard start >= 0, blocks > 0 else { return [] }
        var hash: UInt64 = 0x9E37_79B9_7F4A_7C15
        return (0..<blocks).map { block in
            for word in stride(from: start + block * blockBytes, to: start + (block + 1) * blockBytes, by: 8) {
                hash = mixed(hash ^ body.loadUnaligned(fromByteOffset: word, as: UInt64.self))
            }
            return hash
        }
    }

    /// One round of a multiply and fold, as in wyhash.
    private static func mixed(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return high ^ low
    }
}
