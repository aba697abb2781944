extension JSONCursor {
    /// The characters of a string that was taken before. A surrogate without its other half becomes U+FFFD, as most decoders do.
    func decoded(_ text: Text) -> String {
        guard text.escaped else { return String(decoding: bytes[text.range], as: UTF8.self) }
        var plain: [UInt8] = []
        plain.reserveCapacity(text.range.count)
        var place = text.range.lowerBound
        while place < text.range.upperBound {
            guard bytes[place] == UInt8(ascii: "\\") else {
                plain.append(bytes[place])
                place += 1
                continue
            }
            place = appendEscape(at: place, to: &plain)
        }
        return String(decoding: plain, as: UTF8.self)
    }

    /// Whether a key has this name. Keys without escapes, which is all that programs send, are compared in place.
    @inline(__always)
    func matches(_ text: Text, _ name: StaticString) -> Bool {
        guard !text.escaped else { return decoded(text) == name.description }
        guard text.range.count == name.utf8CodeUnitCount else { return false }
        for place in 0..<name.utf8CodeUnitCount where bytes[text.range.lowerBound + place] != name.utf8Start[place] { return false }
        return true
    }

    /// Appends what the escape at `place` stands for and returns the place behind it. `text()` has checked the form.
    private func appendEscape(at place: Int, to plain: inout [UInt8]) -> Int {
        switch bytes[place + 1] {
        case UInt8(ascii: "b"): plain.append(0x08)
        case UInt8(ascii: "f"): plain.append(0x0c)
        case UInt8(ascii: "n"): plain.append(0x0a)
        case UInt8(ascii: "r"): plain.append(0x0d)
        case UInt8(ascii: "t"): plain.append(0x09)
        case UInt8(ascii: "u"): return appendUnicode(at: place, to: &plain)
        case let itself: plain.append(itself)
        }
        return place + 2
    }

    private func appendUnicode(at place: Int, to plain: inout [UInt8]) -> Int {
        let first = codeUnit(at: place + 2)
        if UTF16.isLeadSurrogate(first), place + 12 <= bytes.count, bytes[place + 6] == UInt8(ascii: "\\"),
            bytes[place + 7] == UInt8(ascii: "u")
        {
            let second = codeUnit(at: place + 8)
            if UTF16.isTrailSurrogate(second) {
                let value = 0x10000 + (UInt32(first - 0xd800) << 10) + UInt32(second - 0xdc00)
                append(Unicode.Scalar(value) ?? "\u{fffd}", to: &plain)
                return place + 12
            }
        }
        append(Unicode.Scalar(first) ?? "\u{fffd}", to: &plain)
        return place + 6
    }

    private func append(_ scalar: Unicode.Scalar, to plain: inout [UInt8]) {
        plain.append(contentsOf: String(Character(scalar)).utf8)
    }

    private func codeUnit(at place: Int) -> UInt16 {
        (place..<place + 4).reduce(0) { $0 << 4 | (Self.hexValue(bytes[$1]) ?? 0) }
    }
}
