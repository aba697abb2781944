import AuroraDialects
import AuroraModel
import AuroraSystem
import Foundation

/// The query of a list of tasks.
struct TaskListQuery: Sendable {
    private static let known = ["status", "type", "limit", "before"]

    let query: TaskQuery

    /// `states` is what the path fixes; nil lets `status` choose.
    init(_ text: String?, states: [TaskState]?) throws(AuroraError) {
        let known = states == nil ? Self.known : Self.known.filter { $0 != "status" }
        var values: [String: String] = [:]
        for pair in (text ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(Self.decoded)
            guard let name = parts.first, known.contains(name) else { throw Self.unknown(parts.first ?? "", known) }
            values[name] = parts.count > 1 ? parts[1] : ""
        }
        var query = TaskQuery(states: states ?? [])
        if let status = values["status"] { query.states = try Self.words(status, "status", TaskState.allCases, \.rawValue) }
        if let type = values["type"] { query.type = try Self.words(type, "type", TaskType.allCases, \.rawValue).first?.rawValue }
        if let limit = values["limit"] {
            guard let number = Int(limit), (1...1_000).contains(number) else {
                throw AuroraError(.invalid, "parameter 'limit' is '\(limit.prefix(64))'", hint: "use a whole number from 1 to 1000")
            }
            query.limit = number
        }
        query.before = values["before"]
        self.query = query
    }

    /// One or more words, separated by commas.
    private static func words<Word>(
        _ text: String, _ name: String, _ all: [Word], _ spelling: (Word) -> String
    ) throws(AuroraError) -> [Word] {
        var words: [Word] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let word = all.first(where: { spelling($0) == part }) else {
                let near = NearestNames.of(String(part), in: all.map(spelling), limit: 1).first.map { "did you mean '\($0)'? " } ?? ""
                throw AuroraError(
                    .invalid, "parameter '\(name)' is '\(part.prefix(64))'",
                    hint: near + "use one or more of: \(all.map(spelling).joined(separator: ", "))")
            }
            words.append(word)
        }
        return words
    }

    private static func unknown(_ name: String, _ known: [String]) -> AuroraError {
        let near = NearestNames.of(name, in: known, limit: 1).first.map { "did you mean '\($0)'? " } ?? ""
        return AuroraError(.invalid, "there is no parameter '\(name.prefix(64))'", hint: near + "known: \(known.joined(separator: ", "))")
    }

    private static func decoded(_ text: Substring) -> String {
        let spaced = text.replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? String(spaced)
    }
}
