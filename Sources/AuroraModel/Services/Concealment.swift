import Foundation

/// Which names of variables say that their values are secrets.
public enum SecretNames {
    private static let words = ["PASS", "TOKEN", "SECRET", "CREDENTIAL", "AUTH", "PRIVATE", "DSN"]
    private static let endings = ["KEY", "PWD", "PW", "PAT", "SALT"]

    /// What points to a secret is none.
    private static let pointers = ["_FILE", "_PATH", "_DIR"]

    public static func isSecret(_ name: String) -> Bool {
        let name = name.uppercased()
        guard !pointers.contains(where: name.hasSuffix) else { return false }
        return words.contains { name.contains($0) } || endings.contains { name.hasSuffix($0) }
    }
}

/// Takes the values of variables out of texts again, so that a text can be written where others read it.
///
/// Whoever puts the variables in once more gets the same text, also where a value stood in it by chance.
public struct Concealment: Sendable {
    public enum Piece: Sendable, Equatable {
        case literal(String)
        /// The value of the variable with this name.
        case variable(String)
    }

    /// The longest value first: it may hold another.
    private let variables: [(name: String, value: String)]

    public init(_ variables: [EnvironmentVariable]) {
        self.variables = variables.map { (name: $0.name, value: $0.value.reveal()) }.filter { !$0.value.isEmpty }
            .sorted { ($1.value.utf8.count, $0.name) < ($0.value.utf8.count, $1.name) }
    }

    public func pieces(of text: String) -> [Piece] {
        variables.reduce([Piece.literal(text)]) { pieces, variable in
            pieces.flatMap { piece in
                guard case .literal(let text) = piece else { return [piece] }
                return Self.split(text, at: variable)
            }
        }
    }

    /// Whether any of the values stands in the text.
    public func touches(_ text: String) -> Bool {
        pieces(of: text).contains { if case .variable = $0 { true } else { false } }
    }

    /// The text as a compose file has it: `${NAME}` for the values, `$$` for a dollar sign.
    public func template(_ text: String) -> String {
        pieces(of: text).map { piece in
            switch piece {
            case .literal(let text): text.replacingOccurrences(of: "$", with: "$$")
            case .variable(let name): "${\(name)}"
            }
        }.joined()
    }

    /// Shorter values are found only where they are the whole text: they stand everywhere by chance.
    private static let shortest = 4

    private static func split(_ text: String, at variable: (name: String, value: String)) -> [Piece] {
        guard text == variable.value || variable.value.utf8.count >= shortest else { return [.literal(text)] }
        let parts = text.components(separatedBy: variable.value)
        var pieces: [Piece] = []
        for (index, part) in parts.enumerated() {
            if index > 0 { pieces.append(.variable(variable.name)) }
            if !part.isEmpty || parts.count == 1 { pieces.append(.literal(part)) }
        }
        return pieces
    }
}
