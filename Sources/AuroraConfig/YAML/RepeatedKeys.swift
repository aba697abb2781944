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

    private static let mark = "\u{E000}"

    /// Nil if the copies are not where a person would write them, for example in escaped quotes.
    static func repair(_ text: String, key: String, first: Mark) -> Repair? {
        guard !key.isEmpty else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { Array($0.unicodeScalars) }
        var places: [(line: Int, column: Int)] = []
        let (row, column) = (first.line - 1, first.column - 1)
        guard lines.indices.contains(row), column >= 0, column < lines[row].count else { return nil }
        let name = Array(key.unicodeScalars)
        for found in copies(of: name, in: lines[row], behind: column) { places.append((row, found)) }
        for next in lines.indices.dropFirst(row + 1) {
            guard let start = lines[next].firstIndex(where: { $0 != " " }), lines[next][start] != "#", lines[next][start] != "\r" else {
                continue
            }
            guard start >= column else { break }
            if start == column, let end = endOfKey(name, in: lines[next], at: start) { places.append((next, end)) }
        }
        guard !places.isEmpty else { return nil }
        var renamed: Set<String> = []
        for (count, place) in places.enumerated().reversed() {
            let suffix = String(repeating: mark, count: count + 1)
            lines[place.line].insert(contentsOf: suffix.unicodeScalars, at: place.column)
            renamed.insert(key + suffix)
        }
        let repaired = lines.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
        return Repair(text: repaired, lines: places.map { $0.line + 1 }, renamed: renamed)
    }

    /// Copies in the same flow mapping (`{ a: 1, a: 2 }`) on the same line: the columns where their names end.
    private static func copies(of name: [Unicode.Scalar], in line: [Unicode.Scalar], behind start: Int) -> [Int] {
        var found: [Int] = []
        var depth = 0
        var quote: Unicode.Scalar?
        var column = start
        while column < line.count, depth >= 0 {
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
    private static func endOfKey(_ name: [Unicode.Scalar], in line: [Unicode.Scalar], at start: Int) -> Int? {
        let quoted = line[start] == "\"" || line[start] == "'"
        let end = start + (quoted ? 1 : 0) + name.count
        guard end < line.count, Array(line[(end - name.count)..<end]) == name else { return nil }
        let rest = line[(end + (quoted ? 1 : 0))...].drop { $0 == " " }
        return rest.first == ":" && (!quoted || line[end] == line[start]) ? end : nil
    }
}
