import Yams

extension ValueType where Value == [String] {
    /// A program and its arguments: a list, or one line of words. Nothing in it has a meaning to a shell.
    static var command: Self {
        let expected = "a program and its arguments: [ program, argument, … ], or one line of words"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            let words: [String]?
            if case .sequence = node {
                words = list(.word).read(node, &reader)
            } else {
                words = reader.scalar(node, expected: expected).flatMap { line($0.text, &reader) }
            }
            guard let words else { return nil }
            guard words.first?.isEmpty == false else {
                reader.report("\(reader.path) names no program", fix: "use \(expected)")
                return nil
            }
            return words
        }
        return Self(label: "command", expected: expected, read: read, show: { .list($0.map(Shown.text)) })
    }

    private static func line(_ text: String, _ reader: inout Reader) -> [String]? {
        guard let words = CommandLineWords.split(text) else {
            reader.report("\(reader.path) has a quote that does not end", fix: "close it, or write a list: [ program, argument, … ]")
            return nil
        }
        if let sign = CommandLineWords.shellSign(in: text) {
            reader.report(
                "\(reader.path) has '\(sign)', and no shell reads it",
                fix: "write [ sh, -c, \"…\" ] when a shell should, or put it in quotes")
            return nil
        }
        return words
    }
}

extension ValueType where Value == String {
    /// Any text, empty or not, but without NUL.
    static var word: Self {
        .scalar("text", expected: "a text", show: { .text($0) }) { $0.utf8.contains(0) ? nil : $0 }
    }
}

extension ValueType where Value == [String: String] {
    /// Names of variables with their values.
    static var texts: Self {
        let expected = "a mapping of names to texts: { NAME: value }"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard let entries = reader.entries(node, expected: expected) else { return nil }
            var values: Value = [:]
            for entry in entries {
                reader.enter(entry.key.clipped, line: entry.line) { reader in
                    guard isName(entry.key) else {
                        return reader.report(
                            "'\(entry.key.clipped)' is no name of a variable", fix: "use letters, digits and '_', not starting with a digit"
                        )
                    }
                    values[entry.key] = ValueType<String>.word.read(entry.value, &reader)
                }
            }
            return values.count == entries.count ? values : nil
        }
        return Self(
            label: "mapping of texts", expected: expected, read: read,
            show: { .mapping($0.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) }) })
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return text.utf8.count <= 255 && text.utf8.allSatisfy(\.continuesName)
    }
}

/// Splits one line into words, by blanks and quotes only.
enum CommandLineWords {
    /// Nil when a quote does not end.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        for character in text {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
                word = word ?? ""
            } else if quote == nil, character.isWhitespace {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let done = word { words.append(done) }
        return quote == nil ? words : nil
    }

    /// A sign outside quotes that only a shell understands.
    static func shellSign(in text: String) -> Character? {
        var quote: Character?
        for character in text {
            if character == quote {
                quote = nil
            } else if quote == nil, character == "\"" || character == "'" {
                quote = character
            } else if quote == nil, "|;&<>`$*?".contains(character) {
                return character
            }
        }
        return nil
    }
}
