/// Cuts a Caddyfile into tokens: words, `"quoted"`, `` `raw` ``, comments, line ends.
enum CaddyLexer {
    struct Token: Equatable {
        var text: String
        var line: Int
        var isQuoted = false
        /// Stands first on its line.
        var isFirst = false
    }

    static func tokens(_ text: String) -> [Token] {
        var result: [Token] = []
        var lastLine = 0
        var scanner = Scanner(bytes: Array(text.utf8))
        while var token = scanner.next() {
            token.isFirst = token.line - scanner.joined != lastLine
            lastLine = scanner.line - scanner.joined
            result.append(token)
        }
        return result
    }

    private struct Scanner {
        let bytes: [UInt8]
        var position = 0
        var line = 1
        /// Line ends behind a backslash, which do not count as such.
        var joined = 0

        private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func next() -> Token? {
            while let byte = peek {
                if Ascii.isBlank(byte) {
                    step()
                } else if byte == Ascii.hash {
                    while let byte = peek, byte != Ascii.newline { step() }
                } else if byte == Ascii.backslash, continuesLine {
                    while peek != Ascii.newline { step() }
                    step()
                    joined += 1
                } else {
                    return byte == Ascii.quote || byte == UInt8(ascii: "`") ? quoted(byte) : word()
                }
            }
            return nil
        }

        private var continuesLine: Bool {
            let rest = bytes[position...].dropFirst().prefix(2)
            return rest.first == Ascii.newline || rest.elementsEqual([0x0D, Ascii.newline])
        }

        private mutating func step() {
            if bytes[position] == Ascii.newline { line += 1 }
            position += 1
        }

        private mutating func word() -> Token {
            let (start, startLine) = (position, line)
            while let byte = peek, !Ascii.isBlank(byte) { step() }
            return Token(text: String(decoding: bytes[start..<position], as: UTF8.self), line: startLine)
        }

        private mutating func quoted(_ quote: UInt8) -> Token {
            let startLine = line
            var content: [UInt8] = []
            step()
            while let byte = peek, byte != quote {
                step()
                if byte == Ascii.backslash, quote == Ascii.quote, peek == quote {
                    content.append(quote)
                    step()
                } else {
                    content.append(byte)
                }
            }
            if peek != nil { step() }
            return Token(text: String(decoding: content, as: UTF8.self), line: startLine, isQuoted: true)
        }
    }
}
