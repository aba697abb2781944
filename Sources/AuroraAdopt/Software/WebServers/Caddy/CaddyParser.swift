import AuroraModel

/// A directive of a Caddyfile, or a whole site, with the lines of its block.
struct CaddyDirective: Equatable {
    var words: [String]
    var block: [CaddyDirective]?
    var place: FilePlace

    var name: String { words.first ?? "" }
    var arguments: ArraySlice<String> { words.dropFirst() }
}

/// A Caddyfile as a tree: every line is a directive, a `{` at its end opens a block, a `}` alone closes it.
enum CaddyParser {
    static let depthLimit = 32

    static func parse(_ text: String, file: String) -> (directives: [CaddyDirective], problem: String?) {
        let tokens = CaddyLexer.tokens(text)
        var open: [CaddyDirective] = []
        var done: [CaddyDirective] = []
        var problem: String?

        func add(_ directive: CaddyDirective) {
            if open.isEmpty { done.append(directive) } else { open[open.count - 1].block?.append(directive) }
        }

        for line in lines(tokens) {
            guard let first = line.first else { continue }
            let place = FilePlace(file, first.line)
            if line.count == 1, first.text == "}", !first.isQuoted {
                guard let last = open.popLast() else {
                    problem = "\(place): a '}' too many"
                    break
                }
                add(last)
                continue
            }
            guard let end = line.last, end.text == "{", !end.isQuoted else {
                add(CaddyDirective(words: line.map(\.text), block: nil, place: place))
                continue
            }
            guard open.count < depthLimit else {
                problem = "\(place): blocks nested over \(depthLimit) deep"
                break
            }
            open.append(CaddyDirective(words: line.dropLast().map(\.text), block: [], place: place))
        }
        if problem == nil, let last = open.last { problem = "\(last.place): a block that is not closed" }
        while let last = open.popLast() { add(last) }
        return (done, problem)
    }

    /// A site's addresses may go over several lines, each but the last with a comma at its end.
    private static func lines(_ tokens: [CaddyLexer.Token]) -> [[CaddyLexer.Token]] {
        var result: [[CaddyLexer.Token]] = []
        for token in tokens {
            if token.isFirst, result.last?.last?.text.hasSuffix(",") != true || result.last?.last?.isQuoted == true {
                result.append([token])
            } else if result.isEmpty {
                result.append([token])
            } else {
                result[result.count - 1].append(token)
            }
        }
        return result
    }
}
