import AuroraModel
import AuroraSystem
import GRDB

/// The WHERE clause of a list of conversations. Outside text only ever travels as an argument.
struct ConversationFilter {
    private var conditions = ["1"]
    private(set) var arguments = StatementArguments()

    var sql: String { conditions.joined(separator: " AND ") }

    init(_ query: ConversationQuery) throws {
        if let client = query.clientID { add("client_id = ?", [client.storable]) }
        if let before = query.before {
            let cursor = try ConversationCursor(before)
            add("(updated_at, id) < (?, ?)", [cursor.updatedAt, cursor.id.storable])
        }
        if let terms = try query.search.flatMap({ text throws(AuroraError) in try SearchTerms(text) }) { add(terms) }
    }

    private mutating func add(_ condition: String, _ values: StatementArguments) {
        conditions.append(condition)
        arguments += values
    }

    private mutating func add(_ terms: SearchTerms) {
        let title = Self.contains(terms, column: "title", index: "title_text")
        // Growing answers are not in the index, so they are not searched word by word either.
        let content = Self.contains(terms, column: "content", index: "message_text")
        add(
            """
            number IN (SELECT number FROM conversation WHERE \(title.sql)
                       UNION SELECT conversation FROM message WHERE state <> 'growing' AND \(content.sql))
            """, title.arguments + content.arguments)
    }

    private static func contains(_ terms: SearchTerms, column: String, index: String) -> (sql: String, arguments: StatementArguments) {
        var conditions: [String] = []
        var arguments = StatementArguments()
        if let match = terms.match {
            conditions.append("number IN (SELECT rowid FROM \(index) WHERE \(index) MATCH ?)")
            arguments += [match]
        }
        for pattern in terms.patterns {
            conditions.append("\(column) LIKE ? ESCAPE '\\'")
            arguments += [pattern]
        }
        return (conditions.joined(separator: " AND "), arguments)
    }
}
