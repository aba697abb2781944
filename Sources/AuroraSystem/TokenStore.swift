public import AuroraModel

public import struct Foundation.Date

/// A token as stored: its hash, never itself.
public struct StoredToken: Sendable, Equatable {
    public let name: String
    /// SHA-256 of the token, lower-case hexadecimal. Enough for 256 random bits; a slow hash would only slow requests.
    public let hash: String
    public let scopes: Set<Scope>
    public let createdAt: Date

    public init(name: String, hash: String, scopes: Set<Scope>, createdAt: Date) {
        self.name = name
        self.hash = hash
        self.scopes = scopes
        self.createdAt = createdAt
    }
}

/// Where tokens made with `aurora token create` live.
public protocol TokenStore: Sendable {
    /// Throws `conflict` when the name is taken.
    func add(_ token: StoredToken) async throws
    /// Ordered by name.
    func tokens() async throws -> [StoredToken]
    /// False when there was none of that name.
    func revoke(_ name: String) async throws -> Bool
}
