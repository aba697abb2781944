import AuroraModel
import Yams

/// Where in the text of a manifest `keep:` and its entries stand, by the marks of the YAML tree. Lines count from 0.
struct ManifestShape {
    enum Keep: Equatable {
        case absent
        /// `keep:` with nothing behind it, or with an empty `{ }` or `null`, whose text is to go.
        case empty(line: Int, written: Written?)
        /// A block; `entries` are those that stand in it, not what an alias brings in.
        case block(line: Int, column: Int, entries: [Entry])
        /// Not to be edited, for this reason.
        case fixed(line: Int, String)
    }

    struct Entry: Equatable {
        let name: String
        let line: Int
    }

    /// A piece of text on one line: columns in Unicode scalars.
    struct Written: Equatable {
        let line: Int
        let columns: Range<Int>
    }

    let root: Node.Mapping?
    private(set) var keep = Keep.absent
    /// How far the options stand from the margin; 0 in nearly every file.
    private(set) var margin = 0
    /// How much further in the parts of an option stand.
    private(set) var step = 2
    /// The line behind the last one of `keep:`.
    private(set) var keepEnd: Int
    /// The line behind the last one of the document.
    let end: Int
    /// Whether the file as a whole is one `{ … }`, as JSON is.
    private(set) var isFlow = false

    /// Nil when the text is no mapping at all; then the loader has findings about it.
    init?(_ source: SourceText) {
        let document = YAMLDocument(source.content, file: "")
        guard document.findings.isEmpty else { return nil }
        guard let node = document.root, !node.isNull else {
            (root, end) = (nil, source.lines.count)
            keepEnd = end
            return
        }
        guard case .mapping(let mapping) = node else { return nil }
        root = mapping
        let keys = Array(mapping.keys).compactMap(\.mark)
        let last = keys.map { $0.line - 1 }.max() ?? 0
        end = source.lines.indices.first { $0 > last && source.lines[$0].isDocumentEnd } ?? source.lines.count
        keepEnd = end
        isFlow = mapping.isFlow(in: source)
        margin = (keys.first?.column ?? 1) - 1
        step = Array(mapping.values).compactMap { $0.blockColumn(in: source) }.first.map { max(1, $0 - margin) } ?? 2
        guard let (key, value) = mapping.first(where: { $0.key.string == "keep" }), let line = key.mark.map({ $0.line - 1 }) else { return }
        keepEnd = keys.map { $0.line - 1 }.filter { $0 > line }.min() ?? end
        keep = Self.keep(value, line: line, before: keepEnd, in: source)
    }

    private static func keep(_ value: Node, line: Int, before end: Int, in source: SourceText) -> Keep {
        if case .scalar(let scalar) = value, value.isNull {
            guard !scalar.string.isEmpty else { return .empty(line: line, written: nil) }
            return empty(scalar.string, at: value.mark, line: line, in: source)
        }
        guard case .mapping(let mapping) = value else { return .fixed(line: line, "is no mapping") }
        if mapping.isEmpty { return empty(nil, at: value.mark, line: line, in: source) }
        guard !mapping.isFlow(in: source) else { return .fixed(line: line, "is written in braces") }
        let entries = Array(mapping.keys).compactMap { key in key.mark.map { Entry(name: key.string ?? "", line: $0.line - 1) } }
        guard let column = mapping.keys.first?.mark?.column, entries.allSatisfy({ line < $0.line && $0.line < end }) else {
            return .fixed(line: line, "is an alias of another part")
        }
        return .block(line: line, column: column - 1, entries: entries)
    }

    /// - Parameter word: what stands there; nil for a pair of braces.
    private static func empty(_ word: String?, at mark: Mark?, line: Int, in source: SourceText) -> Keep {
        let fixed = Keep.fixed(line: line, "has an empty value that cannot be told from its surroundings")
        guard let mark, source.lines.indices.contains(mark.line - 1), mark.line - 1 >= line else { return fixed }
        let (row, start) = (mark.line - 1, mark.column - 1)
        let rest = source.lines[row].unicodeScalars.dropFirst(start)
        let length: Int
        if let word {
            guard String(rest.prefix(word.unicodeScalars.count)) == word else { return fixed }
            length = word.unicodeScalars.count
        } else {
            let inside = rest.dropFirst().prefix { $0 == " " || $0 == "\t" }
            guard rest.first == "{", rest.dropFirst(1 + inside.count).first == "}" else { return fixed }
            length = inside.count + 2
        }
        return .empty(line: line, written: Written(line: row, columns: start..<(start + length)))
    }
}

extension Node {
    /// The column in which the keys of a block mapping stand, from 0.
    fileprivate func blockColumn(in source: SourceText) -> Int? {
        guard case .mapping(let mapping) = self, !mapping.isFlow(in: source) else { return nil }
        return mapping.keys.first?.mark.map { $0.column - 1 }
    }
}

extension Node.Mapping {
    /// Whether it is written in braces. The parser does not tell, but a brace then stands before the first key.
    fileprivate func isFlow(in source: SourceText) -> Bool {
        guard let mark, let first = keys.first?.mark else { return true }
        return source.piece(from: mark, to: first).contains("{")
    }
}

extension SourceText {
    /// The text between two places, lines and columns counted from 1; what lies outside of the text is left out.
    fileprivate func piece(from start: Mark, to end: Mark) -> String {
        guard start.line >= 1, start.line <= end.line, end.line <= lines.count else { return "" }
        return (start.line...end.line).map { number in
            let line = lines[number - 1].unicodeScalars
            let kept = number == end.line ? line.prefix(max(0, end.column - 1)) : line[...]
            return String(number == start.line ? kept.dropFirst(max(0, start.column - 1)) : kept)
        }.joined()
    }
}

extension String {
    /// `...` ends a YAML document wherever it stands alone at the margin.
    fileprivate var isDocumentEnd: Bool { trimmedEnd == "..." || hasPrefix("... ") }
}
