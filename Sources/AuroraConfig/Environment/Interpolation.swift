/// Puts values in the place of `$NAME`, `${NAME}`, `${NAME:-default}` and their kin, by the rules of compose files.
///
/// One instance serves a whole file, so that `budget` bounds what a file of references to references may grow to.
struct Interpolation {
    enum Problem: Equatable {
        /// Not set, and no default given; `message` comes from `${NAME:?message}`.
        case unset(name: String, message: String?)
        /// A dollar sign that starts nothing known.
        case malformed(String)
        /// The values together are over the budget.
        case tooLarge
    }

    private let lookup: (String) -> String?
    private var budget: Int
    private var problems: [Problem] = []
    /// Names of the variables whose values stand in the text that was expanded last.
    private(set) var used: Set<String> = []

    init(budget: Int = 16 << 20, lookup: @escaping (String) -> String?) {
        self.lookup = lookup
        self.budget = budget
    }

    /// The text with its variables replaced; with problems, what could be replaced (unset variables become empty).
    mutating func expand(_ text: String) -> (text: String, problems: [Problem]) {
        problems = []
        used = []
        let bytes = Array(text.utf8)
        let expanded = expand(bytes[...], depth: 0)
        return (String(decoding: expanded, as: UTF8.self), problems)
    }

    private mutating func expand(_ bytes: ArraySlice<UInt8>, depth: Int) -> [UInt8] {
        var rest = bytes
        var result: [UInt8] = []
        while let dollar = rest.firstIndex(of: .dollar) {
            result += rest[..<dollar]
            rest = rest[(dollar + 1)...]
            guard let piece = takeReference(from: &rest, depth: depth) else { return [] }
            result += piece
        }
        return result + rest
    }

    /// What stands after a dollar sign; nil (and a problem) ends the text.
    private mutating func takeReference(from rest: inout ArraySlice<UInt8>, depth: Int) -> [UInt8]? {
        switch rest.first {
        case .some(.dollar):
            rest = rest.dropFirst()
            return [.dollar]
        case .some(.openBrace):
            return takeBraced(from: &rest, depth: depth)
        case .some(let byte) where byte.startsName:
            let name: ArraySlice<UInt8> = rest.prefix(while: \.continuesName)
            rest = rest[name.endIndex...]
            return value(of: String(decoding: name, as: UTF8.self), else: .fail(nil), depth: depth)
        default:
            return malformed("a '$' stands alone")
        }
    }

    private mutating func takeBraced(from rest: inout ArraySlice<UInt8>, depth: Int) -> [UInt8]? {
        let inside = rest.dropFirst()
        guard depth < 16 else { return malformed("'${' is nested more than 16 times") }
        guard let end = Self.closingBrace(of: inside) else { return malformed("'${' is never closed by '}'") }
        let content = inside[..<end]
        let name: ArraySlice<UInt8> = content.prefix(while: \.continuesName)
        guard name.first?.startsName == true, let rule = Rule(content[name.endIndex...]) else {
            return malformed("'${' is not followed by a name and '}', ':-', '-', ':+', '+', ':?' or '?'")
        }
        rest = rest[(end + 1)...]
        return value(of: String(decoding: name, as: UTF8.self), else: rule, depth: depth)
    }

    private mutating func value(of name: String, else rule: Rule, depth: Int) -> [UInt8]? {
        let found = lookup(name).flatMap { rule.emptyCountsAsUnset && $0.isEmpty ? nil : $0 }
        switch (rule.action, found) {
        case (.replacement(let word), .some): return expand(word, depth: depth + 1)
        case (.replacement, nil): return []
        case (_, .some(let value)):
            used.insert(name)
            return charge(Array(value.utf8))
        case (.standard(let word), nil): return expand(word, depth: depth + 1)
        case (.failure(let message), nil):
            problems.append(.unset(name: name, message: message))
            return []
        }
    }

    private mutating func charge(_ value: [UInt8]) -> [UInt8]? {
        budget -= value.count
        guard budget < 0 else { return value }
        problems.append(.tooLarge)
        return nil
    }

    private mutating func malformed(_ reason: String) -> [UInt8]? {
        problems.append(.malformed(reason))
        return nil
    }

    private static func closingBrace(of bytes: ArraySlice<UInt8>) -> Int? {
        var open = 1
        for index in bytes.indices {
            if bytes[index] == .openBrace, index > bytes.startIndex, bytes[index - 1] == .dollar { open += 1 }
            if bytes[index] == .closeBrace { open -= 1 }
            if open == 0 { return index }
        }
        return nil
    }
}

extension Interpolation {
    /// What to do besides using the value: the part after the name in `${NAME:-default}`.
    private struct Rule {
        enum Action {
            case standard(ArraySlice<UInt8>)
            case replacement(ArraySlice<UInt8>)
            case failure(String?)
        }

        let emptyCountsAsUnset: Bool
        let action: Action

        static func fail(_ message: String?) -> Rule { Rule(emptyCountsAsUnset: false, action: .failure(message)) }

        private init(emptyCountsAsUnset: Bool, action: Action) {
            self.emptyCountsAsUnset = emptyCountsAsUnset
            self.action = action
        }

        init?(_ bytes: ArraySlice<UInt8>) {
            guard !bytes.isEmpty else {
                self = .fail(nil)
                return
            }
            emptyCountsAsUnset = bytes.first == UInt8(ascii: ":")
            let sign = emptyCountsAsUnset ? bytes.dropFirst() : bytes
            let word = sign.dropFirst()
            switch sign.first {
            case .some(UInt8(ascii: "-")): action = .standard(word)
            case .some(UInt8(ascii: "+")): action = .replacement(word)
            case .some(UInt8(ascii: "?")): action = .failure(word.isEmpty ? nil : String(decoding: word, as: UTF8.self))
            default: return nil
            }
        }
    }
}

extension UInt8 {
    fileprivate static let dollar = UInt8(ascii: "$")
    fileprivate static let openBrace = UInt8(ascii: "{")
    fileprivate static let closeBrace = UInt8(ascii: "}")

    /// Whether an environment variable's name may start with this byte.
    var startsName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: false
        }
    }

    /// Whether an environment variable's name may go on with this byte.
    var continuesName: Bool { startsName || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
