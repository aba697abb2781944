/// Cuts a configuration of nginx into directives, by the rules of nginx's own reader (`ngx_conf_read_token`): quotes, escapes,
/// comments, `${…}`, and the blocks of Lua that its module reads by rules of its own.
///
/// Works on bytes, looks at each once, and takes whatever comes: what nginx would refuse comes out as `wrong`.
struct NginxLexer {
    enum Item: Equatable {
        /// `name argument…;`
        case directive([String], line: Int)
        /// `name argument… {`
        case open([String], line: Int)
        case close(line: Int)
        case wrong(String, line: Int)
        case end(line: Int)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The next directive, or the next end of a block. After `wrong` and `end` there is nothing more.
    mutating func next() -> Item {
        var words: [String] = []
        var start = line
        while true {
            skipBlanks()
            guard let byte = peek else { return words.isEmpty ? .end(line: line) : stop("the file ends inside a directive", at: start) }
            if words.isEmpty { start = line }
            switch byte {
            case Ascii.hash: skipComment()
            case Ascii.semicolon, Ascii.openBrace:
                position += 1
                guard !words.isEmpty else { return stop("'\(Character(UnicodeScalar(byte)))' without a directive before it", at: line) }
                guard byte == Ascii.openBrace else { return .directive(words, line: start) }
                return opened(words, at: start)
            case Ascii.closeBrace:
                position += 1
                return words.isEmpty ? .close(line: line) : stop("'}' inside a directive that has no ';'", at: start)
            default:
                guard let word = word() else { return stop("quotes that are not closed, or text right behind them", at: start) }
                words.append(word)
            }
        }
    }

    private mutating func opened(_ words: [String], at start: Int) -> Item {
        guard words.first?.hasSuffix("_by_lua_block") == true else { return .open(words, line: start) }
        guard skipLua() else { return stop("a block of Lua that is not closed", at: start) }
        return .directive(words, line: start)
    }

    private mutating func stop(_ reason: String, at line: Int) -> Item {
        position = bytes.count
        return .wrong(reason, line: line)
    }
}

extension NginxLexer {
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipBlanks() {
        while let byte = peek, Ascii.isBlank(byte) {
            if byte == Ascii.newline { line += 1 }
            position += 1
        }
    }

    private mutating func skipComment() {
        while let byte = peek, byte != Ascii.newline { position += 1 }
    }

    /// Nil when its quotes are wrong.
    private mutating func word() -> String? {
        guard let quote = peek, quote == Ascii.quote || quote == Ascii.apostrophe else { return plainWord() }
        position += 1
        let start = position
        guard skipTo(quote) else { return nil }
        let content = bytes[start..<position]
        position += 1
        guard let next = peek, Ascii.isBlank(next) || next == Ascii.semicolon || next == Ascii.openBrace || next == Ascii.closeParenthesis
        else { return nil }
        return Self.unescaped(content)
    }

    private mutating func skipTo(_ quote: UInt8) -> Bool {
        while let byte = peek, byte != quote {
            if byte == Ascii.newline { line += 1 }
            advance(over: byte)
        }
        return peek == quote
    }

    /// A word without quotes ends at a blank, `;` or `{`, but the brace of `${name}` belongs to it.
    private mutating func plainWord() -> String {
        let start = position
        var afterDollar = false
        while let byte = peek {
            if byte == Ascii.openBrace, afterDollar {
                afterDollar = false
                position += 1
                continue
            }
            if Ascii.isBlank(byte) || byte == Ascii.semicolon || byte == Ascii.openBrace { break }
            afterDollar = byte == Ascii.dollar
            advance(over: byte)
        }
        return Self.unescaped(bytes[start..<position])
    }

    /// Over a byte, or over a backslash and what follows it.
    private mutating func advance(over byte: UInt8) {
        position += 1
        guard byte == Ascii.backslash, let escaped = peek else { return }
        if escaped == Ascii.newline { line += 1 }
        position += 1
    }

    /// Only these escapes mean something to nginx; other backslashes stay, as patterns need them.
    private static func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
        guard bytes.contains(Ascii.backslash) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            guard byte == Ascii.backslash, index < bytes.endIndex, let meant = meaning(ofEscaped: bytes[index]) else {
                result.append(byte)
                continue
            }
            result.append(meant)
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func meaning(ofEscaped byte: UInt8) -> UInt8? {
        switch byte {
        case Ascii.quote, Ascii.apostrophe, Ascii.backslash: byte
        case UInt8(ascii: "t"): UInt8(ascii: "\t")
        case UInt8(ascii: "r"): UInt8(ascii: "\r")
        case UInt8(ascii: "n"): Ascii.newline
        default: nil
        }
    }
}

extension NginxLexer {
    /// Over the rest of a block of Lua and its closing brace; braces in Lua's strings and comments do not count.
    private mutating func skipLua() -> Bool {
        var depth = 1
        while let byte = peek {
            switch byte {
            case Ascii.openBrace: depth += 1
            case Ascii.closeBrace: depth -= 1
            case Ascii.newline: line += 1
            case Ascii.quote, Ascii.apostrophe:
                position += 1
                guard skipTo(byte) else { return false }
            case UInt8(ascii: "-") where bytes.dropFirst(position + 1).first == byte:
                position += 2
                guard let level = longBracket() else {
                    skipComment()
                    continue
                }
                guard skipLongText(level) else { return false }
                continue
            case Ascii.openBracket:
                if let level = longBracket() {
                    guard skipLongText(level) else { return false }
                    continue
                }
            default: break
            }
            position += 1
            if depth == 0 { return true }
        }
        return false
    }

    /// How many `=` stand in `[==[`; nil when none begins here. Does not move.
    private func longBracket() -> Int? {
        guard peek == Ascii.openBracket else { return nil }
        let level = bytes[(position + 1)...].prefix { $0 == UInt8(ascii: "=") }.count
        return bytes.dropFirst(position + 1 + level).first == Ascii.openBracket ? level : nil
    }

    private mutating func skipLongText(_ level: Int) -> Bool {
        let end = [Ascii.closeBracket] + Array(repeating: UInt8(ascii: "="), count: level) + [Ascii.closeBracket]
        position += level + 2
        while position + end.count <= bytes.count {
            if bytes[position] == Ascii.closeBracket, bytes[position..<position + end.count].elementsEqual(end) {
                position += end.count
                return true
            }
            if bytes[position] == Ascii.newline { line += 1 }
            position += 1
        }
        return false
    }
}
