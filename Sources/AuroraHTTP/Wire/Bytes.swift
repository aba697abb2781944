#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Questions about raw bytes of HTTP/1.
enum Bytes {
    /// Characters of a token (RFC 9110, section 5.6.2), one bit each.
    private static let tokens: (UInt64, UInt64) = {
        var low: UInt64 = 0
        var high: UInt64 = 0
        for byte in "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8 {
            if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte - 64) }
        }
        return (low, high)
    }()

    static func isToken(_ byte: UInt8) -> Bool {
        guard byte < 128 else { return false }
        return (byte < 64 ? tokens.0 >> UInt64(byte) : tokens.1 >> UInt64(byte - 64)) & 1 == 1
    }

    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// Anything but control characters; a tab is text.
    static func isText(_ byte: UInt8) -> Bool { byte >= 0x20 ? byte != 0x7F : byte == 0x09 }

    static func elementsEqual(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount, let start = bytes.baseAddress else { return false }
        return memcmp(start, text.utf8Start, bytes.count) == 0
    }

    /// Where the next line's CR LF stands; nil when no line ends, or one ends with LF alone.
    static func lineEnd(_ bytes: UnsafeRawBufferPointer, from place: Int) -> Int? {
        guard place < bytes.count, let start = bytes.baseAddress, let found = memchr(start + place, 0x0A, bytes.count - place) else {
            return nil
        }
        let feed = UnsafeRawPointer(found) - start
        return feed > place && bytes[feed - 1] == 0x0D ? feed - 1 : nil
    }

    /// The place behind the empty line that ends a head, which also ends where lines end with LF alone: parsing then refuses it.
    static func endOfHead(_ bytes: UnsafeRawBufferPointer, from first: Int) -> Int? {
        guard let start = bytes.baseAddress else { return nil }
        var place = first
        while place < bytes.count, let found = memchr(start + place, 0x0A, bytes.count - place) {
            let feed = UnsafeRawPointer(found) - start
            if feed >= 1, bytes[feed - 1] == 0x0A { return feed + 1 }
            if feed >= 3, bytes[feed - 1] == 0x0D, bytes[feed - 2] == 0x0A { return feed + 1 }
            place = feed + 1
        }
        return nil
    }
}
