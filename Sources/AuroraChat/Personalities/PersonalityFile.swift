import AuroraModel

/// Parses one personality file: YAML front matter between two lines of `---`, and the system prompt below.
struct PersonalityFile {
    static let largest = 64 * 1024

    /// Nil when there are errors; warnings come with a personality.
    let personality: Personality?
    let findings: [Finding]

    /// `file` is how findings name it.
    init(id: String, file: String, bytes: [UInt8]) {
        var findings: [Finding] = []
        let personality = Self.parse(id: id, file: file, bytes: bytes, findings: &findings)
        self.personality = findings.contains { $0.severity == .error } ? nil : personality
        self.findings = findings
    }

    init(unreadable finding: Finding) {
        personality = nil
        findings = [finding]
    }

    private static func parse(id: String, file: String, bytes: [UInt8], findings: inout [Finding]) -> Personality? {
        func fail(_ line: Int?, _ reason: String, _ fix: String) {
            findings.append(Finding(file: file, line: line, reason: reason, fix: fix))
        }
        guard isID(id) else {
            fail(nil, "the name '\(id.shortened)' cannot be an id", "use letters, digits, '-', '_' and '.', at most 64")
            return nil
        }
        guard bytes.count <= largest else {
            fail(nil, "the file has \(bytes.count) bytes", "keep it under \(largest) bytes")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            fail(nil, "the file is not UTF-8", "save it as UTF-8")
            return nil
        }
        guard let parts = split(text) else {
            fail(1, "there is no front matter", "begin with a line '---', then 'name: …', then another line '---'")
            return nil
        }
        var reader = FrontMatterReader(file: file, yaml: parts.yaml)
        let personality = reader.personality(id: id, systemPrompt: parts.body)
        findings += reader.findings
        findings += longPromptFinding(personality, file: file)
        return personality
    }

    /// Front matter and body; nil when the two lines of `---` are not there. Takes `\r\n` and a byte order mark in its stride.
    private static func split(_ text: String) -> (yaml: String, body: String)? {
        let plain = text.hasPrefix("\u{feff}") ? String(text.unicodeScalars.dropFirst()) : text
        let lines = plain.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        func isFence(_ line: Substring) -> Bool { line == "---" || (line.hasPrefix("---") && line.dropFirst(3).allSatisfy(\.isWhitespace)) }
        guard let first = lines.first, isFence(first), let close = lines.dropFirst().firstIndex(where: isFence) else { return nil }
        let body = lines[(close + 1)...].joined(separator: "\n")
        return (lines[1..<close].joined(separator: "\n"), body.trimmingWhitespace())
    }

    private static func isID(_ id: String) -> Bool {
        guard let first = id.utf8.first, id.utf8.count <= 64, first != UInt8(ascii: ".") else { return false }
        return id.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
            default: false
            }
        }
    }

    /// The prompt would be cut in each request; better to hear of it here.
    private static func longPromptFinding(_ personality: Personality, file: String) -> [Finding] {
        let budget = ContextWindow(tokens: personality.context, answer: personality.maxTokens).budget
        let tokens = ContextWindow.estimate(personality.systemPrompt)
        guard tokens > budget / 2 else { return [] }
        return [
            Finding(
                .warning, file: file, line: nil,
                reason: "the system prompt has about \(tokens) tokens, more than half of the \(budget) that a request may have",
                fix: "shorten it, or set 'context' to the window of the model")
        ]
    }
}

extension String {
    fileprivate func trimmingWhitespace() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(self[first...last])
    }
}
