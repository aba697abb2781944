import struct Foundation.Date

/// Time stamps as Ollama writes them: RFC 3339 in UTC with nine digits of a second. Plain arithmetic, because this runs
/// once for each streamed line.
enum RFC3339 {
    /// What stands for "no time known"; every client's decoder takes it.
    static let zero = "0001-01-01T00:00:00Z"
    /// What stands for "stays for ever".
    static let never = "9999-12-31T23:59:59Z"

    /// Seconds from 1970 of the years 1 to 9999.
    private static let range: ClosedRange<Double> = -62_135_596_800...253_402_300_799

    static func text(_ date: Date) -> String {
        let seconds = date.timeIntervalSince1970
        guard range.contains(seconds) else { return zero }
        let whole = seconds.rounded(.down)
        let nanoseconds = min(999_999_999, Int(((seconds - whole) * 1_000_000_000).rounded()))
        let (days, second) = Int(whole).quotientAndRemainderDown(by: 86_400)
        let day = Day(since1970: days)
        return String(unsafeUninitializedCapacity: 30) { text in
            var end = 0
            append(day.year, 4, "-", &end, text)
            append(day.month, 2, "-", &end, text)
            append(day.day, 2, "T", &end, text)
            append(second / 3600, 2, ":", &end, text)
            append(second / 60 % 60, 2, ":", &end, text)
            append(second % 60, 2, ".", &end, text)
            append(nanoseconds, 9, "Z", &end, text)
            return end
        }
    }

    /// Writes `width` digits and what follows them.
    private static func append(
        _ value: Int, _ width: Int, _ next: Unicode.Scalar, _ end: inout Int, _ text: UnsafeMutableBufferPointer<UInt8>
    ) {
        var rest = value
        for place in stride(from: end + width - 1, through: end, by: -1) {
            text[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        text[end + width] = UInt8(ascii: next)
        end += width + 1
    }

    /// The date in `2026-11-23T12:00:00.5+01:00`; nil for any other form.
    static func date(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"), bytes[10] | 0x20 == UInt8(ascii: "t"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"), let year = number(bytes[0..<4]),
            let month = number(bytes[5..<7]), let dayOfMonth = number(bytes[8..<10]), let hour = number(bytes[11..<13]),
            let minute = number(bytes[14..<16]), let second = number(bytes[17..<19]), (1...12).contains(month),
            (1...31).contains(dayOfMonth), hour < 24, minute < 60, second <= 60
        else { return nil }
        guard let (fraction, offset) = fractionAndOffset(bytes[19...]) else { return nil }
        let days = Day(year: year, month: month, day: dayOfMonth).since1970
        return Date(timeIntervalSince1970: Double(days * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction)
    }

    /// Reads `.123Z`, `Z` or `.5+01:00`; the offset is in seconds.
    private static func fractionAndOffset(_ bytes: ArraySlice<UInt8>) -> (Double, Int)? {
        var rest = bytes
        var fraction = 0.0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            guard !digits.isEmpty, let value = Double("0." + String(decoding: digits, as: UTF8.self)) else { return nil }
            fraction = value
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let sign = rest.first else { return nil }
        if sign | 0x20 == UInt8(ascii: "z") { return rest.count == 1 ? (fraction, 0) : nil }
        let zone = Array(rest)
        guard zone.count == 6, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"), zone[3] == UInt8(ascii: ":"),
            let hours = number(zone[1..<3]), let minutes = number(zone[4..<6])
        else { return nil }
        return (fraction, (sign == UInt8(ascii: "-") ? -1 : 1) * (hours * 3600 + minutes * 60))
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}

/// A day of the Gregorian calendar, counted in years that begin in March so that the leap day comes last.
private struct Day {
    let year: Int
    let month: Int
    let day: Int

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(since1970 days: Int) {
        let (era, dayOfEra) = (days + 719_468).quotientAndRemainderDown(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var since1970: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = marchYear.quotientAndRemainderDown(by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int {
    /// Division that rounds down, so that the remainder is never negative. `divisor` is positive.
    fileprivate func quotientAndRemainderDown(by divisor: Int) -> (Int, Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
