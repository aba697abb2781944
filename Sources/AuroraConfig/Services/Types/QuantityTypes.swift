import Foundation

/// Quantities as compose files write them.
enum ComposeQuantity {
    private static let sizes: [String: Double] = [
        "": 1, "b": 1, "k": 0x1p10, "kb": 0x1p10, "m": 0x1p20, "mb": 0x1p20, "g": 0x1p30, "gb": 0x1p30, "t": 0x1p40, "tb": 0x1p40,
    ]
    private static let spans: [String: Double] = ["us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "d": 86_400]
    /// Ten years; nobody waits longer.
    private static let longest = 3650.0 * 86_400

    /// `512m`, `1.5GB`, `1073741824`; units of 1024.
    static func bytes(_ text: String) -> Int? {
        var rest = Substring(text.lowercased())
        guard let number = takeNumber(&rest), let unit = sizes[rest.trimmingCharacters(in: .whitespaces)] else { return nil }
        let bytes = (number * unit).rounded()
        return bytes >= 1 && bytes < 1e18 ? Int(bytes) : nil
    }

    /// `1m30s`, `500ms`, `1.5h`, `0`: parts with a unit, added up; in seconds.
    static func seconds(_ text: String) -> Double? {
        if text == "0" { return 0 }
        var rest = Substring(text)
        var total = 0.0
        while !rest.isEmpty {
            guard let number = takeNumber(&rest) else { return nil }
            let unit = rest.prefix { $0.isLetter }
            guard let factor = spans[String(unit)] else { return nil }
            rest = rest[unit.endIndex...]
            total += number * factor
        }
        return !text.isEmpty && total <= longest ? total : nil
    }

    /// Seconds in the largest units that show them whole to the microsecond: `1m30s`.
    static func text(seconds: Double) -> String {
        var left = Int(min(max(seconds, 0), longest) * 1_000_000)
        guard left > 0 else { return "0s" }
        var text = ""
        for (unit, factor) in [("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000), ("us", 1)] {
            if left >= factor { text += "\(left / factor)\(unit)" }
            left %= factor
        }
        return text
    }

    /// A number of cores: above 0, at most 10,000.
    static func cores(_ text: String) -> Double? {
        var rest = Substring(text)
        guard let number = takeNumber(&rest), rest.isEmpty, number > 0, number <= 10_000 else { return nil }
        return number
    }

    /// Without a trailing `.0`.
    static func text(cores: Double) -> String {
        let text = "\(cores)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func takeNumber(_ rest: inout Substring) -> Double? {
        let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
        guard digits.utf8.count <= 20, let number = Double(digits) else { return nil }
        rest = rest[digits.endIndex...]
        return number
    }
}

extension ValueType where Value == Int {
    /// A size as compose files write it.
    static var composeBytes: Self {
        .scalar("size", expected: "a size such as 512m or 1.5gb", show: { .text("\($0)") }, parse: ComposeQuantity.bytes)
    }

    /// Processes and threads; 0 and -1 are no limit in compose files, and no limit is written by leaving it out.
    static var processLimit: Self { .int(1...4_194_304) }
}

extension ValueType where Value == Double {
    /// A span of time as compose files write it, in seconds.
    static var composeDuration: Self {
        .scalar(
            "duration", expected: "a duration with units, such as 30s or 1m30s", show: { .text(ComposeQuantity.text(seconds: $0)) },
            parse: ComposeQuantity.seconds)
    }

    static var cores: Self {
        .scalar(
            "number", expected: "a number of cores, such as 0.5 or 2", show: { .text(ComposeQuantity.text(cores: $0)) },
            parse: ComposeQuantity.cores)
    }
}
