/// When a line of a crontab is due, with the rules of Vixie's cron, which Debian, the BSDs and (with additions) cronie share.
///
/// What one of them runs and another refuses or reads differently (`*5`, `1~9`, `22-6`) is refused here, so that a person decides.
public enum CronSchedule: Sendable, Hashable {
    /// Once when cron starts.
    case reboot
    case fields(CronFields)
}

/// The five fields as sets.
public struct CronFields: Sendable, Hashable {
    /// 0 to 59.
    public var minutes: CronSet
    /// 0 to 23.
    public var hours: CronSet
    /// 1 to 31.
    public var daysOfMonth: CronSet
    /// 1 to 12.
    public var months: CronSet
    /// 0 to 6, Sunday is 0.
    public var daysOfWeek: CronSet
    /// Whether the field begins with `*`. Only when neither day field does, either of them suffices; else both have to fit.
    public var isAnyDayOfMonth: Bool
    public var isAnyDayOfWeek: Bool
}

/// Small numbers as bits.
public struct CronSet: Sendable, Hashable {
    public private(set) var bits: UInt64 = 0

    public init() {}

    public func contains(_ number: Int) -> Bool { (0..<64).contains(number) && bits & (1 << UInt64(number)) != 0 }

    public var numbers: [Int] { (0..<64).filter(contains) }

    mutating func insert(_ number: Int) {
        guard (0..<64).contains(number) else { return }
        bits |= 1 << UInt64(number)
    }

    mutating func remove(_ number: Int) {
        guard (0..<64).contains(number) else { return }
        bits &= ~(1 << UInt64(number))
    }
}

/// Why a schedule is none.
struct CronProblem: Error, Equatable {
    var reason: String
    var fix: String
}

extension CronSchedule {
    /// The words that stand for five fields.
    static let nicknames = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *", "@weekly": "0 0 * * 0", "@daily": "0 0 * * *",
        "@midnight": "0 0 * * *", "@hourly": "0 * * * *",
    ]

    static let lengthLimit = 1_000

    /// - Parameter text: five fields or an `@` word, as in a crontab.
    /// - Throws: `CronProblem`.
    init(_ text: String) throws(CronProblem) {
        let words = text.split { $0 == " " || $0 == "\t" }.map(String.init)
        // Nothing that long is a schedule, and messages repeat what they are about.
        guard text.utf8.count <= Self.lengthLimit else {
            throw CronProblem(reason: "\(ShownText.quoted(text[...])) is too long for a schedule", fix: "write five fields")
        }
        if let first = words.first, first.hasPrefix("@") {
            guard words.count == 1 else { throw CronProblem(reason: "'\(text)' has more than one word", fix: "write '\(first)' alone") }
            if first == "@reboot" {
                self = .reboot
                return
            }
            guard let meant = Self.nicknames[first] else {
                let known = (Self.nicknames.keys + ["@reboot"]).sorted().joined(separator: ", ")
                throw CronProblem(reason: "'\(first)' is no word that cron knows", fix: "use one of \(known), or five fields")
            }
            try self.init(meant)
            return
        }
        guard words.count == 5 else {
            throw CronProblem(
                reason: "'\(text)' has \(words.count) fields, not 5", fix: "write minute, hour, day of month, month and day of week")
        }
        var daysOfWeek = try CronField.dayOfWeek.numbers(words[4])
        if daysOfWeek.contains(7) {
            daysOfWeek.insert(0)
            daysOfWeek.remove(7)
        }
        self = .fields(
            CronFields(
                minutes: try CronField.minute.numbers(words[0]), hours: try CronField.hour.numbers(words[1]),
                daysOfMonth: try CronField.dayOfMonth.numbers(words[2]), months: try CronField.month.numbers(words[3]),
                daysOfWeek: daysOfWeek, isAnyDayOfMonth: words[2].hasPrefix("*"), isAnyDayOfWeek: words[4].hasPrefix("*")))
    }
}

/// One field: what it is called, what it may hold, and the names that stand for numbers.
struct CronField {
    let name: String
    let range: ClosedRange<Int>
    /// The first stands for the lower end of the range.
    var names: [String] = []

    static let minute = CronField(name: "minute", range: 0...59)
    static let hour = CronField(name: "hour", range: 0...23)
    static let dayOfMonth = CronField(name: "day of month", range: 1...31)
    static let month = CronField(
        name: "month", range: 1...12,
        names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"])
    /// Sunday is 0 and 7.
    static let dayOfWeek = CronField(name: "day of week", range: 0...7, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"])

    /// A list of `*`, numbers, ranges, and steps of the first and last.
    func numbers(_ text: String) throws(CronProblem) -> CronSet {
        var set = CronSet()
        for element in text.split(separator: ",", omittingEmptySubsequences: false) {
            let parts = element.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            let span = try span(parts[0], in: text)
            var step = 1
            if parts.count == 2 {
                guard parts[0].contains("-") || parts[0] == "*" else {
                    throw problem(
                        text, "a step after the single number '\(parts[0])'",
                        "write a range, as in '\(parts[0])-\(range.upperBound)/\(parts[1])'")
                }
                guard let number = number(parts[1]), number > 0 else {
                    throw problem(text, "the step '\(parts[1])'", "use a whole number over 0 behind '/'")
                }
                step = number
            }
            for number in stride(from: span.lowerBound, through: span.upperBound, by: step) { set.insert(number) }
        }
        return set
    }

    private func span(_ text: Substring, in whole: String) throws(CronProblem) -> ClosedRange<Int> {
        if text == "*" { return range }
        let ends = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard let low = value(ends[0]), let high = ends.count == 2 ? value(ends[1]) : low else {
            let names = names.isEmpty ? "" : " or a name such as '\(names[0])'"
            throw problem(whole, "'\(text)'", "use '*', numbers from \(range.lowerBound) to \(range.upperBound)\(names), ranges and steps")
        }
        guard range.contains(low), range.contains(high) else {
            throw problem(whole, "'\(text)', outside of \(range.lowerBound) to \(range.upperBound)", "use numbers in that range")
        }
        guard low <= high else {
            throw problem(whole, "the range '\(text)', which runs backwards", "write two ranges with a comma between")
        }
        return low...high
    }

    private func value(_ text: Substring) -> Int? {
        if let index = names.firstIndex(of: text.lowercased()) { return range.lowerBound + index }
        return number(text)
    }

    /// Digits and nothing else; what is longer than any useful number is none.
    private func number(_ text: Substring) -> Int? {
        guard (1...9).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }

    private func problem(_ text: String, _ what: String, _ fix: String) -> CronProblem {
        CronProblem(reason: "\(name) \(ShownText.quoted(text[...])) holds \(what)", fix: fix)
    }
}
