/// A directive of nginx with what stands in its block; `include` is already replaced by what it brings in.
struct NginxDirective: Equatable {
    var name: String
    var arguments: [String]
    /// Nil for a simple directive.
    var block: [NginxDirective]?
    var place: FilePlace

    /// The directives of a block by name.
    func all(_ name: String) -> [NginxDirective] { (block ?? []).filter { $0.name == name } }

    /// The last one of a name, which is the one that nginx uses.
    func last(_ name: String) -> NginxDirective? { block?.last { $0.name == name } }
}

/// One file of nginx as a tree.
enum NginxParser {
    /// Deeper blocks than these are no configuration.
    static let depthLimit = 64

    struct Problem: Equatable {
        let place: FilePlace
        let reason: String
    }

    /// What could be read, and what ended the reading early.
    static func parse(_ bytes: [UInt8], file: String) -> (directives: [NginxDirective], problem: Problem?) {
        var lexer = NginxLexer(bytes)
        var open: [NginxDirective] = []
        var done: [NginxDirective] = []
        var problem: Problem?

        func close(_ directive: NginxDirective) {
            if open.isEmpty { done.append(directive) } else { open[open.count - 1].block?.append(directive) }
        }

        reading: while true {
            switch lexer.next() {
            case .directive(let words, let line): close(directive(words, block: nil, at: FilePlace(file, line)))
            case .open(let words, let line):
                guard open.count < depthLimit else {
                    problem = Problem(place: FilePlace(file, line), reason: "blocks nested over \(depthLimit) deep")
                    break reading
                }
                open.append(directive(words, block: [], at: FilePlace(file, line)))
            case .close(let line):
                guard let last = open.popLast() else {
                    problem = Problem(place: FilePlace(file, line), reason: "a '}' too many")
                    break reading
                }
                close(last)
            case .wrong(let reason, let line):
                problem = Problem(place: FilePlace(file, line), reason: reason)
                break reading
            case .end(let line):
                if let last = open.last {
                    problem = Problem(
                        place: FilePlace(file, line), reason: "the block '\(last.name)' of line \(last.place.line) is not closed")
                }
                break reading
            }
        }
        while let last = open.popLast() { close(last) }
        return (done, problem)
    }

    private static func directive(_ words: [String], block: [NginxDirective]?, at place: FilePlace) -> NginxDirective {
        NginxDirective(name: words.first ?? "", arguments: Array(words.dropFirst()), block: block, place: place)
    }
}
