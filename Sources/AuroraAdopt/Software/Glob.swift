import AuroraModel

/// File names by pattern, as `glob(3)` and `fnmatch(3)` have them: `*`, `?`, `[a-z]`, `[!a]`, `\*`.
enum Glob {
    static func isPattern(_ text: String) -> Bool { text.utf8.contains { "*?[".utf8.contains($0) } }

    /// Every file that the pattern names, sorted; a folder that may not be read throws.
    static func expand(_ pattern: String, on machine: any MachineReading, limit: Int = 1_000) throws(AuroraError) -> [String] {
        var found = [pattern.hasPrefix("/") ? "/" : ""]
        for part in pattern.split(separator: "/").map(String.init) {
            var next: [String] = []
            for folder in found {
                guard isPattern(part) else {
                    next.append(joined(folder, part))
                    continue
                }
                let names = try machine.list(folder) ?? []
                next += names.lazy.filter { matches($0, part) }.prefix(limit - min(limit, next.count)).map { joined(folder, $0) }
            }
            found = next
        }
        return found.sorted()
    }

    /// Whether a name, which holds no `/`, is meant by a pattern. A leading dot has to be written out.
    static func matches(_ name: String, _ pattern: String) -> Bool {
        if name.hasPrefix("."), !pattern.hasPrefix(".") { return false }
        return matches(Array(name), Array(pattern))
    }

    /// Greedy with one place to go back to, so that no pattern takes more than length times length.
    private static func matches(_ name: [Character], _ pattern: [Character]) -> Bool {
        var (at, of) = (0, 0)
        var star: (pattern: Int, name: Int)?
        while at < name.count {
            if of < pattern.count, pattern[of] == "*" {
                star = (of, at)
                of += 1
            } else if of < pattern.count, let width = width(of: pattern[of...], matching: name[at]) {
                of += width
                at += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                (at, of) = (last.name + 1, last.pattern + 1)
            } else {
                return false
            }
        }
        return pattern[of...].allSatisfy { $0 == "*" }
    }

    /// How much of the pattern stands for this character; nil when it is not meant.
    private static func width(of pattern: ArraySlice<Character>, matching character: Character) -> Int? {
        guard let first = pattern.first else { return nil }
        switch first {
        case "?": return 1
        case "\\": return pattern.dropFirst().first == character ? 2 : nil
        case "[":
            guard let end = pattern.dropFirst(2).firstIndex(of: "]") else { return character == "[" ? 1 : nil }
            let set = pattern[(pattern.startIndex + 1)..<end]
            return contains(set, character) ? end - pattern.startIndex + 1 : nil
        default: return first == character ? 1 : nil
        }
    }

    private static func contains(_ set: ArraySlice<Character>, _ character: Character) -> Bool {
        let isNegated = set.first == "!" || set.first == "^"
        var rest = isNegated ? set.dropFirst() : set
        while let low = rest.popFirst() {
            if rest.first == "-", let high = rest.dropFirst().first {
                if low <= character, character <= high { return !isNegated }
                rest = rest.dropFirst(2)
            } else if low == character {
                return !isNegated
            }
        }
        return isNegated
    }

    private static func joined(_ folder: String, _ name: String) -> String {
        folder.isEmpty || folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }
}
