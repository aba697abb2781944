/// A directive of Apache's httpd, or a section with the lines in it.
struct ApacheDirective: Equatable {
    var name: String
    var arguments: [String]
    var section: [ApacheDirective]?
    var place: FilePlace

    /// Names of directives do not tell capitals apart.
    func isNamed(_ name: String) -> Bool { self.name.lowercased() == name.lowercased() }
}

/// One file of httpd as a tree: a directive a line, `<Name …>` … `</Name>` around sections, a backslash joins lines.
enum ApacheParser {
    static let depthLimit = 32

    static func parse(_ text: String, file: String) -> (directives: [ApacheDirective], problem: String?) {
        var open: [ApacheDirective] = []
        var done: [ApacheDirective] = []
        var problem: String?

        func add(_ directive: ApacheDirective) {
            if open.isEmpty { done.append(directive) } else { open[open.count - 1].section?.append(directive) }
        }

        for (line, number) in joinedLines(text) {
            let place = FilePlace(file, number)
            guard line.hasPrefix("<") else {
                let words = words(line)
                if let name = words.first { add(ApacheDirective(name: name, arguments: Array(words.dropFirst()), place: place)) }
                continue
            }
            let inner = line.dropFirst().prefix { $0 != ">" }
            guard inner.hasPrefix("/") else {
                guard open.count < depthLimit else {
                    problem = "\(place): sections nested over \(depthLimit) deep"
                    break
                }
                let words = words(inner)
                open.append(
                    ApacheDirective(name: words.first ?? "", arguments: Array(words.dropFirst()), section: [], place: place))
                continue
            }
            guard let last = open.last, last.isNamed(inner.dropFirst().trimmingBlanks) else {
                problem = "\(place): '</\(inner.dropFirst())>' closes nothing"
                break
            }
            open.removeLast()
            add(last)
        }
        if problem == nil, let last = open.last { problem = "\(last.place): '<\(last.name)>' is not closed" }
        while let last = open.popLast() { add(last) }
        return (done, problem)
    }

    /// Lines without blanks around them, comments and empty ones left out, with the number of their first line.
    private static func joinedLines(_ text: String) -> [(Substring, Int)] {
        var result: [(Substring, Int)] = []
        var pending = ""
        var first = 0
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if pending.isEmpty { first = index + 1 }
            if line.hasSuffix("\\") {
                pending += line.dropLast() + " "
                continue
            }
            let whole = (pending + line)[...]
            pending = ""
            let trimmed = whole.trimmingBlanks
            if !trimmed.isEmpty, !trimmed.hasPrefix("#") { result.append((trimmed[...], first)) }
        }
        return result
    }

    /// Words parted by blanks; in quotes a blank belongs to the word and `\"` is a quote.
    static func words(_ line: Substring) -> [String] {
        var words: [String] = []
        var word = ""
        var quote: Character?
        var isEscaped = false
        var isWord = false
        for character in line {
            if isEscaped {
                if character != quote, character != "\\" { word.append("\\") }
                word.append(character)
                isEscaped = false
            } else if let open = quote {
                if character == "\\" { isEscaped = true } else if character == open { quote = nil } else { word.append(character) }
            } else if character.isWhitespace {
                if isWord { words.append(word) }
                (word, isWord) = ("", false)
            } else {
                if !isWord, character == "\"" || character == "'" { quote = character } else { word.append(character) }
                isWord = true
            }
        }
        if isEscaped { word.append("\\") }
        if isWord { words.append(word) }
        return words
    }
}

extension Substring {
    var trimmingBlanks: String {
        var rest = self
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
