/// What a token may do. `admin` includes every other scope.
public enum Scope: String, Sendable, Codable, CaseIterable {
    /// Everything, tokens included.
    case admin
    /// The chat API and the models behind it.
    case chat
    /// The gateway: models, completions, embeddings.
    case mesh
    /// Publishing and reading events.
    case events
    /// Status, metrics and lists; changes nothing.
    case read
}

/// Who makes a call, as far as the node knows.
public struct Principal: Sendable, Equatable {
    public let name: String
    public let scopes: Set<Scope>

    public init(name: String, scopes: Set<Scope>) {
        self.name = name
        self.scopes = scopes
    }

    public func may(_ scope: Scope) -> Bool { scopes.contains(.admin) || scopes.contains(scope) }

    /// A caller on a node without tokens: allowed everything, since only loopback and the VPN reach it.
    public static let anonymous = Principal(name: "anonymous", scopes: [.admin])
    /// Another node of the mesh, which has asked its own caller for a token already. No token can have a name with this sign in it.
    public static let node = Principal(name: "node@mesh", scopes: [.mesh, .read])
    /// A caller on the unix socket, whose file mode (0600) already proved who it is.
    public static let local = Principal(name: "local", scopes: [.admin])
}
