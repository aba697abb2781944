public import AuroraModel

/// A crontab: its jobs, and the lines that cron would not take.
public struct CronTable: Sendable, Equatable {
    public enum Style: Sendable, Equatable {
        /// A table of one user, as `crontab -e` edits it.
        case user(String?)
        /// `/etc/crontab` and `/etc/cron.d`: a user's name stands between schedule and command.
        case system
    }

    public private(set) var jobs: [CronJob] = []
    public private(set) var findings: [Finding] = []
    private let file: String
    private let style: Style
    private var environment: [CronVariable] = []

    /// Reads whatever text comes; a line that is wrong becomes a finding and costs only itself.
    public init(_ text: String, file: String, style: Style) {
        self.file = file
        self.style = style
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            read(String(Substring(line)), at: index + 1)
        }
        guard let last = lines.last, !last.isEmpty else { return }
        note(
            .warning, lines.count, "the last line does not end with a line end, and cron may refuse the file for it",
            fix: "add a line end behind the last line")
    }

    private mutating func read(_ line: String, at number: Int) {
        let content = line.drop { $0 == " " || $0 == "\t" }
        guard let first = content.first, first != "#", content != "\r" else { return }
        if let variable = CronAssignment.read(content) {
            set(variable)
            return
        }
        do throws(CronProblem) {
            jobs.append(try job(content, raw: line, at: number))
        } catch {
            note(.error, number, error.reason, fix: error.fix)
        }
        if line.hasSuffix("\r") {
            note(
                .warning, number, "the line ends with a carriage return, which becomes part of the command",
                fix: "save the file with LF line ends")
        }
    }

    private mutating func set(_ variable: CronVariable) {
        if let index = environment.firstIndex(where: { $0.name == variable.name }) {
            environment[index] = variable
        } else {
            environment.append(variable)
        }
    }

    private func job(_ content: Substring, raw: String, at number: Int) throws(CronProblem) -> CronJob {
        var rest = content
        let count = content.hasPrefix("@") ? 1 : 5
        let words = (0..<count).compactMap { _ in Self.word(&rest) }
        guard words.count == count else {
            throw CronProblem(
                reason: "\(ShownText.quoted(content)) is no job and sets no variable",
                fix: "write five fields and a command, NAME=value, or NAME=\"\"")
        }
        let schedule = try CronSchedule(words.joined(separator: " "))
        var user: String?
        switch style {
        case .user(let name): user = name
        case .system:
            user = Self.word(&rest)
            guard user != nil else {
                throw CronProblem(
                    reason: "no user and no command follow the schedule", fix: "write the user's name and the command behind it")
            }
        }
        guard !rest.isEmpty, rest != "\r" else {
            let missing = style == .system ? "user '\(user ?? "")'" : "schedule"
            throw CronProblem(reason: "no command follows the \(missing)", fix: "write the command behind it")
        }
        let (command, stdin) = CronPercent.split(String(rest))
        return CronJob(
            place: FilePlace(file, number), raw: raw, user: user, scheduleText: words.joined(separator: " "), schedule: schedule,
            command: command, stdin: stdin, environment: environment)
    }

    /// Takes a word and the blanks behind it.
    private static func word(_ rest: inout Substring) -> String? {
        let word = rest.prefix { $0 != " " && $0 != "\t" }
        rest = rest[word.endIndex...].drop { $0 == " " || $0 == "\t" }
        return word.isEmpty ? nil : String(word)
    }

    private mutating func note(_ severity: Finding.Severity, _ line: Int, _ reason: String, fix: String) {
        findings.append(Finding(severity, file: file, line: line, reason: reason, fix: fix))
    }
}

/// `NAME=value` in a crontab. Quotes, of either kind, may stand around name and value; variables are not put in.
enum CronAssignment {
    static func read(_ line: Substring) -> CronVariable? {
        guard let (name, behind) = part(line, until: "="), !name.isEmpty else { return nil }
        let rest = behind.drop(while: isBlank)
        guard rest.first == "=" else { return nil }
        let value = rest.dropFirst().drop(while: isBlank)
        guard let quote = value.first, quote == "\"" || quote == "'" else {
            // Cron wants quotes around a value that is empty.
            let text = trimmed(value)
            return text.isEmpty ? nil : CronVariable(String(name), text)
        }
        guard let (content, after) = part(value, until: nil), after.allSatisfy(isBlank) else { return nil }
        return CronVariable(String(name), String(content))
    }

    /// What stands in quotes, or a word that ends at a blank or at `end`, and what is behind it.
    private static func part(_ text: Substring, until end: Character?) -> (Substring, Substring)? {
        guard let quote = text.first, quote == "\"" || quote == "'" else {
            let word = text.prefix { !isBlank($0) && $0 != end }
            return (word, text[word.endIndex...])
        }
        let content = text.dropFirst()
        guard let close = content.firstIndex(of: quote) else { return nil }
        return (content[..<close], content[content.index(after: close)...])
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text
        while let last = text.last, isBlank(last) { text.removeLast() }
        return String(text)
    }

    private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" || character == "\r" }
}

/// Cron's rules for `%`: the first one ends the command, what follows is what it reads, with a line end for each further one.
enum CronPercent {
    /// `\%` is a percent sign. In the command a backslash takes the next sign out of these rules, so that `\\%` still ends it; in the
    /// input each sign is judged by the one right before it. Both are how cron's `do_command.c` behaves.
    static func split(_ text: String) -> (command: String, stdin: String?) {
        var command: [UInt8] = []
        var isEscaped = false
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if isEscaped {
                if byte == percent { command[command.count - 1] = byte } else { command.append(byte) }
                isEscaped = false
                continue
            }
            if byte == percent { return (String(decoding: command, as: UTF8.self), input(rest)) }
            isEscaped = byte == Ascii.backslash
            command.append(byte)
        }
        return (String(decoding: command, as: UTF8.self), nil)
    }

    /// A line up to the sign that begins the input, its escapes kept.
    static func beforeInput(_ line: String) -> String {
        var isEscaped = false
        let kept = line.utf8.prefix { byte in
            let ends = byte == percent && !isEscaped
            isEscaped = byte == Ascii.backslash && !isEscaped
            return !ends
        }
        return String(Substring(kept))
    }

    private static let percent = UInt8(ascii: "%")

    private static func input(_ bytes: ArraySlice<UInt8>) -> String {
        var result: [UInt8] = []
        var isEscaped = false
        for var byte in bytes {
            if isEscaped {
                if byte != percent { result.append(Ascii.backslash) }
            } else if byte == percent {
                byte = Ascii.newline
            }
            isEscaped = byte == Ascii.backslash
            if !isEscaped { result.append(byte) }
        }
        if isEscaped { result.append(Ascii.backslash) }
        if result.last != Ascii.newline { result.append(Ascii.newline) }
        return String(decoding: result, as: UTF8.self)
    }
}
