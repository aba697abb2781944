/// Searches through bytes eight at a time.
///
/// The trick: for a byte below 0x80, `(byte ^ wanted) - 1` has its top bit set only when the byte is the wanted one. A
/// borrow can make the bytes *above* a hit look like hits, so only the lowest one counts, and that is the first in the text.
enum PlainText {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// The first place from `start` that holds a quote, a backslash, a control character or a byte outside ASCII; the
    /// count of `bytes` when there is none.
    @inline(__always)
    static func endOfPlainRun(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var place = start
        while bytes.count - place >= 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let quotes = (word ^ (ones &* 0x22)) &- ones
            let backslashes = (word ^ (ones &* 0x5c)) &- ones
            let controls = word &- (ones &* 0x20)
            let hits = (quotes | backslashes | controls | word) & tops
            guard hits == 0 else { return place + hits.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < bytes.count, !isSpecial(bytes[place]) { place += 1 }
        return place
    }

    /// The first place from `start` that holds `byte`, which must be below 0x80; the count of `bytes` when there is none.
    @inline(__always)
    static func first(_ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let pattern = ones &* UInt64(byte)
        var place = start
        while bytes.count - place >= 8 {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self))
            let hits = ((word ^ pattern) &- ones) & ~word & tops
            guard hits == 0 else { return place + hits.trailingZeroBitCount / 8 }
            place += 8
        }
        while place < bytes.count, bytes[place] != byte { place += 1 }
        return place
    }

    /// The first place from `start` that holds a line feed or a carriage return; the count of `bytes` when there is none.
    static func firstLineEnd(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        let lineFeed = first(0x0a, in: bytes, from: start)
        return first(0x0d, in: UnsafeRawBufferPointer(rebasing: bytes[..<lineFeed]), from: start)
    }

    @inline(__always)
    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == 0x22 || byte == 0x5c || byte < 0x20 || byte >= 0x80
    }
}
