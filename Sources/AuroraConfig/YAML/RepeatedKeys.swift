import Yams

/// Finds the later copies of a repeated key and renames them.
///
/// The parser stops at the first repeated key. Renaming the copies (a private-use character behind the name) lets it read
/// on, so that one run reports everything; line numbers stay as they are.
enum RepeatedKeys {
    struct Repair {
        let text: String
        let lines: [Int]
        let renamed: Set<String>
    }

    private typealias Line = [Unicode.Scalar]

    private static let mark: Unicode.Scalar = "\u{E000}"
    /// With more copies the file is no manifest, and one finding says enough.
    private static let limit = 50

    /// Nil if there are too many copies, or none where a person would write them (they may stand in escaped quotes).
    static func repair(_ text: String, key: String, first: Mark) -> Repair? {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Line($0.unicodeScalars) }
        let copies = copies(of: Line(key.unicodeScalars), in: lines, row: first.line - 1, column: first.column - 1)
        guard (1...limit).contains(copies.count) else { return nil }
        var renamed: Set<String> = []
        for (count, copy) in copies.enumerated().reversed() {
            let suffix = Line(repeating: mark, count: count + 1)
            lines[copy.row].insert(contentsOf: suffix, at: copy.column)
            renamed.insert(key + String(String.UnicodeScalarView(suffix)))
        }
        let repaired = lines.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
        return Repair(text: repaired, lines: copies.map { $0.row + 1 }, renamed: renamed)
    }

    /// Where the names of the copies end: behind the first on its line, then on the lines of the same block mapping.
    private static func copies(of name: Line, in lines: [Line], row: Int, column: Int) -> [(row: Int, column: Int)] {
        guard !name.isEmpty, lines.indices.contains(row), lines[row].indices.contains(column) else { return [] }
        var found = copies(of: name, in: lines[row], behind: column).map { (row: row, column: $0) }
        for next in lines.indices.dropFirst(row + 1) where found.count <= limit {
            guard let start = lines[next].firstIndex(where: { $0 != " " }), lines[next][start] != "#" else { continue }
            guard start >= column else { break }
            if start == column, let end = endOfKey(name, in: lines[next], at: start) { found.append((next, end)) }
        }
        return found
    }

    /// Copies in the same flow mapping (`{ a: 1, a: 2 }`) on the same line: the columns where their names end.
    private static func copies(of name: Line, in line: Line, behind start: Int) -> [Int] {
        var found: [Int] = []
        var depth = 0
        var quote: Unicode.Scalar?
        var column = start
        while column < line.count, depth >= 0, found.count <= limit {
            let scalar = line[column]
            if let open = quote {
                if scalar == open { quote = nil }
            } else if depth == 0, column > start, isBoundary(line[column - 1]), let end = endOfKey(name, in: line, at: column) {
                found.append(end)
                column = end
            } else {
                depth += scalar == "{" || scalar == "[" ? 1 : scalar == "}" || scalar == "]" ? -1 : 0
                if scalar == "\"" || scalar == "'" { quote = scalar }
            }
            column += 1
        }
        return found
    }

    private static func isBoundary(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "," || scalar == "{" }

    /// Where the name ends if the key, plain or quoted, stands at `start` with a colon behind it.
    private static func endOfKey(_ name: Line, in line: Line, at start: Int) -> Int? {
        let quoted = line[start] == "\"" || line[start] == "'"
        let end = start + (quoted ? 1 : 0) + name.count
        guard end < line.count, Array(line[(end - name.count)..<end]) == name else { return nil }
        let rest = line[(end + (quoted ? 1 : 0))...].drop { $0 == " " }
        return rest.first == ":" && (!quoted || line[end] == line[start]) ? end : nil
    }
}
