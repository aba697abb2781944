import AuroraModel

/// One token under `tokens:`, as written.
struct TokenDraft: Draft {
    static let noun = "a token"
    static let schema = Schema<TokenDraft>(fields: [
        Field("name", \.name, .name, isRequired: true, "Who presents it; stands in logs."),
        Field("scopes", \.scopes, .list(.choice()), isRequired: true, "What it allows; `admin` includes all others."),
        Field("value", \.value, valueType, isRequired: true, "The token itself; belongs into `.env`."),
    ])

    /// A token, also where it does not stand under `tokens:`.
    static var valueType: ValueType<Secret> { .secret(valueRule).checked(checkValue) }

    private static let valueRule = "16 or more letters, digits and signs without blanks, for example from: openssl rand -hex 24"

    var name: String?
    var scopes: [Scope]?
    var value: Secret?

    init() {}

    init(_ token: ManifestToken) {
        (name, value) = (token.name, token.value)
        scopes = Scope.allCases.filter(token.scopes.contains)
    }

    func built(name _: String, _ reader: inout Reader) -> ManifestToken? {
        if let scopes, scopes.isEmpty {
            let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
            reader.report("\(reader.path).scopes allows nothing", fix: "name one or more of: \(known)", at: "\(reader.path).scopes")
        }
        guard let name, let scopes, let value else { return nil }
        return ManifestToken(name: name, scopes: Set(scopes), value: value)
    }

    static func name(of token: ManifestToken) -> String { token.name }

    @Sendable private static func checkValue(_ value: Secret, _ reader: inout Reader) -> Secret? {
        let bytes = value.reveal().utf8
        guard bytes.count >= 16 else {
            reader.report("\(reader.path) has \(bytes.count) characters", fix: "use \(valueRule)")
            return nil
        }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            reader.report("\(reader.path) has blanks or characters that cannot be sent in a header", fix: "use \(valueRule)")
            return nil
        }
        return value
    }
}
