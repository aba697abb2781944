public import AuroraModel

/// `POST /api/tokens`.
public struct TokenRequest: Codable, Sendable {
    public var name: String
    public var scopes: [Scope]

    public init(name: String, scopes: [Scope]) {
        self.name = name
        self.scopes = scopes
    }
}

/// The one time a token shows itself: the answer to its creation.
public struct TokenCreated: Codable, Sendable {
    public var name: String
    public var token: String
    public var scopes: [Scope]

    public init(name: String, token: String, scopes: [Scope]) {
        self.name = name
        self.token = token
        self.scopes = scopes
    }
}

/// `GET /api/tokens`: `{"tokens":[…]}`.
public struct TokenList: Codable, Sendable {
    public struct Entry: Codable, Sendable {
        public var name: String
        public var scopes: [Scope]
        /// `manifest` or `store`; only those of the store can be revoked.
        public var origin: String
        /// RFC 3339; nil for tokens of the manifest.
        public var createdAt: String?

        public init(name: String, scopes: [Scope], origin: String, createdAt: String?) {
            self.name = name
            self.scopes = scopes
            self.origin = origin
            self.createdAt = createdAt
        }
    }

    public var tokens: [Entry]

    public init(tokens: [Entry]) { self.tokens = tokens }
}
