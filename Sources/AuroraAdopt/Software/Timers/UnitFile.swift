/// A unit file of systemd: sections with keys that may come more than once.
struct UnitFile: Equatable {
    struct Entry: Equatable {
        var section: String
        var key: String
        var value: String
    }

    private(set) var entries: [Entry] = []

    /// Adds the lines of a file; a file that adds to another one comes later and so wins.
    ///
    /// A line that is neither comment, section nor `Key=value` is passed over, as systemd does with a warning.
    mutating func add(_ text: String) {
        var section = ""
        for line in Self.joinedLines(text) {
            if line.hasPrefix("["), line.hasSuffix("]") {
                section = String(line.dropFirst().dropLast())
                continue
            }
            guard let equals = line.firstIndex(of: "=") else { continue }
            let key = line[..<equals].trimmingBlanks
            entries.append(Entry(section: section, key: key, value: line[line.index(after: equals)...].trimmingBlanks))
        }
    }

    /// The values of a key that may come several times; an empty one takes back those before it.
    func all(_ key: String, in section: String) -> [String] {
        var values: [String] = []
        for entry in entries where entry.key == key && entry.section == section {
            if entry.value.isEmpty { values = [] } else { values.append(entry.value) }
        }
        return values
    }

    func last(_ key: String, in section: String) -> String? { all(key, in: section).last }

    func isTrue(_ key: String, in section: String) -> Bool {
        last(key, in: section).map { ["1", "yes", "true", "on"].contains($0.lowercased()) } ?? false
    }

    /// A backslash at the end joins the next line with a blank; comment lines in between are left out.
    private static func joinedLines(_ text: String) -> [Substring] {
        var result: [Substring] = []
        var pending = ""
        for line in text.split(whereSeparator: \.isNewline) {
            let trimmed = line.trimmingBlanks
            if trimmed.hasPrefix("#") || trimmed.hasPrefix(";") { continue }
            if trimmed.hasSuffix("\\") {
                pending += trimmed.dropLast() + " "
                continue
            }
            let whole = pending + trimmed
            pending = ""
            if !whole.isEmpty { result.append(whole[...]) }
        }
        if !pending.isEmpty { result.append(pending[...]) }
        return result
    }
}
