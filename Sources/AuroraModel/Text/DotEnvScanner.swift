/// Splits a `.env` file into its variables: comments, `export`, quotes over several lines, escapes, CRLF.
///
/// A line that is wrong costs only itself: scanning goes on behind it.
public struct DotEnvScanner: IteratorProtocol {
    public enum Entry: Equatable {
        case variable(name: String, value: Value, line: Int)
        case wrong(reason: String, fix: String, line: Int)
    }

    public struct Value: Equatable {
        public let text: String
        /// In single quotes: dollar signs mean themselves.
        public let isLiteral: Bool
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    public init(_ text: String) {
        bytes = Array(text.utf8).filter { $0 != UInt8(ascii: "\r") }
    }

    public mutating func next() -> Entry? {
        while true {
            skip { $0.isBlank || $0 == .newline }
            guard let byte = peek else { return nil }
            guard byte == UInt8(ascii: "#") else { return entry() }
            skip { $0 != .newline }
        }
    }

    private mutating func entry() -> Entry {
        let start = line
        var name = take { $0 != UInt8(ascii: "=") && $0 != .newline }.trimmed
        guard peek == UInt8(ascii: "=") else {
            return .wrong(reason: "this line sets nothing", fix: "write NAME=value, or put '#' in front of a comment", line: start)
        }
        position += 1
        if name.starts(with: "export ".utf8) { name = name.dropFirst(7).trimmed }
        let value = value()
        guard Self.isName(name) else {
            return .wrong(
                reason: "the part before '=' is not a variable name", fix: "use letters, digits and '_', not starting with a digit",
                line: start)
        }
        let text = String(decoding: name, as: UTF8.self)
        guard let value else {
            return .wrong(
                reason: "the quotes around the value of '\(text)' are not closed, or text follows them",
                fix: "close the quotes and end the line behind them", line: start)
        }
        return .variable(name: text, value: value, line: start)
    }

    private mutating func value() -> Value? {
        skip { $0.isBlank }
        switch peek {
        case UInt8(ascii: "'"): return quoted(by: UInt8(ascii: "'")).map { Value(text: $0, isLiteral: true) }
        case UInt8(ascii: "\""): return quoted(by: UInt8(ascii: "\"")).map { Value(text: $0, isLiteral: false) }
        default: return Value(text: unquoted(), isLiteral: false)
        }
    }

    /// Up to a `#` that follows a blank, without the blanks around it.
    private mutating func unquoted() -> String {
        let rest = take { $0 != .newline }
        var end = rest.endIndex
        for index in rest.indices where rest[index] == UInt8(ascii: "#") && (index == rest.startIndex || rest[index - 1].isBlank) {
            end = index
            break
        }
        return String(decoding: rest[..<end].trimmed, as: UTF8.self)
    }

    /// The text between quotes, escapes resolved; nil (and the rest of the line skipped) if the quotes are wrong.
    private mutating func quoted(by quote: UInt8) -> String? {
        let (start, startLine) = (position, line)
        position += 1
        var result: [UInt8] = []
        while let byte = peek, byte != quote {
            advance()
            guard byte == UInt8(ascii: "\\"), let escaped = peek else {
                result.append(byte)
                continue
            }
            advance()
            result += Self.unescaped(escaped, in: quote)
        }
        guard peek == quote else {
            (position, line) = (start, startLine)
            skip { $0 != .newline }
            return nil
        }
        position += 1
        let rest = take { $0 != .newline }.trimmed
        return rest.isEmpty || rest.first == UInt8(ascii: "#") ? String(decoding: result, as: UTF8.self) : nil
    }

    private static func unescaped(_ byte: UInt8, in quote: UInt8) -> [UInt8] {
        let backslash = UInt8(ascii: "\\")
        guard quote == UInt8(ascii: "\"") else { return byte == quote ? [byte] : [backslash, byte] }
        switch byte {
        case UInt8(ascii: "n"): return [.newline]
        case UInt8(ascii: "r"): return [UInt8(ascii: "\r")]
        case UInt8(ascii: "t"): return [UInt8(ascii: "\t")]
        case quote, backslash: return [byte]
        case UInt8(ascii: "$"): return [byte, byte]  // interpolation turns the pair back into one
        default: return [backslash, byte]
        }
    }

    private static func isName(_ name: ArraySlice<UInt8>) -> Bool {
        name.first?.startsName == true && name.allSatisfy { $0.continuesName || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }
}

extension DotEnvScanner {
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func advance() {
        if bytes[position] == .newline { line += 1 }
        position += 1
    }

    private mutating func skip(while matches: (UInt8) -> Bool) {
        while let byte = peek, matches(byte) { advance() }
    }

    private mutating func take(while matches: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = position
        skip(while: matches)
        return bytes[start..<position]
    }
}

extension UInt8 {
    fileprivate static let newline = UInt8(ascii: "\n")
    fileprivate var startsName: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
    }

    fileprivate var continuesName: Bool { startsName || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    fileprivate var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmed: ArraySlice<UInt8> {
        var kept = drop(while: \.isBlank)
        while kept.last?.isBlank == true { kept.removeLast() }
        return kept
    }
}
