import Yams

extension ValueType where Value == [String] {
    /// A command as compose files write it: a list, or a line that is split into words like a shell does, without running one.
    static var commandLine: Self {
        let expected = "a list [ program, argument, … ], or one line of words"
        let words = list(.template)
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            if case .sequence = node { return words.read(node, &reader) }
            guard let scalar = reader.scalar(node, expected: expected) else { return nil }
            guard let words = ShellWords.split(scalar.text) else {
                reader.report(
                    "\(reader.path) has a quote or a '\\' that does not end", fix: "close it, or write a list: [ program, argument ]")
                return nil
            }
            return words
        }
        return Self(label: "command", expected: expected, read: read, show: { $0.isEmpty ? .text("") : words.show($0) })
    }
}

/// Splits a line into words by the quoting rules of a POSIX shell (Shell Command Language, 2.2), and does nothing else that a shell does.
enum ShellWords {
    /// Nil when a quote does not end, or a backslash ends the line.
    static func split(_ text: String) -> [String]? {
        var splitter = Splitter()
        for character in text { splitter.take(character) }
        return splitter.finished()
    }

    private struct Splitter {
        private var words: [String] = []
        private var word: String?
        private var quote: Character?
        private var isEscaped = false

        mutating func take(_ character: Character) {
            if isEscaped {
                takeEscaped(character)
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if character == quote {
                quote = nil
            } else if quote == nil, character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                end()
            } else {
                append(character)
            }
        }

        /// Inside double quotes a backslash is itself, except before the few signs that it takes the meaning from.
        private mutating func takeEscaped(_ character: Character) {
            isEscaped = false
            if quote == "\"", !"\"\\$`\n".contains(character) { append("\\") }
            if character != "\n" { append(character) }
        }

        private mutating func append(_ character: Character) { word = (word ?? "") + String(character) }

        private mutating func end() {
            if let done = word { words.append(done) }
            word = nil
        }

        mutating func finished() -> [String]? {
            guard quote == nil, !isEscaped else { return nil }
            end()
            return words
        }
    }
}
