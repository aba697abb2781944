public import AuroraModel
import AuroraSystem
import Synchronization

/// Decides who calls, from `Authorization: Bearer …` or `X-API-Key: …`.
///
/// Without any token everybody is `anonymous`, since only loopback and the VPN reach the node. With tokens, every call needs one. The
/// token that nodes show one another is none of these: it makes its bearer a node, and asks nothing of anybody else.
public final class Authenticator: Sendable {
    private let principals: Mutex<[String: Principal]>
    private let internalToken: String
    private let nodeTokenHash: String?

    /// - Parameter nodeToken: what other nodes of the mesh show.
    public init(_ principals: [(hash: String, principal: Principal)] = [], nodeToken: Secret? = nil) {
        nodeTokenHash = nodeToken.map { TokenHash.hash($0.reveal()) }
        self.principals = Mutex(Dictionary(principals.map { ($0.hash, $0.principal) }, uniquingKeysWith: { first, _ in first }))
        internalToken = TokenHash.makeToken()
    }

    /// What the node's own services use among one another; never leaves the process.
    public var ownToken: Secret { Secret(internalToken) }

    public var tokensRequired: Bool { principals.withLock { !$0.isEmpty } }

    /// Takes the place of all that was known before.
    public func replace(with list: [(hash: String, principal: Principal)]) {
        principals.withLock { $0 = Dictionary(list.map { ($0.hash, $0.principal) }, uniquingKeysWith: { first, _ in first }) }
    }

    /// Throws `unauthorized` when tokens are in use and none, or an unknown one, was sent.
    public func principal(authorization: String?, apiKey: String?) throws(AuroraError) -> Principal {
        let known = principals.withLock { $0 }
        guard !known.isEmpty || nodeTokenHash != nil else { return .anonymous }
        guard let token = apiKey ?? authorization.flatMap(Self.bearer) else {
            if known.isEmpty { return .anonymous }
            throw AuroraError(
                .unauthorized, "this node asks for a token", hint: "send 'Authorization: Bearer TOKEN'; make one with 'aurora token create'"
            )
        }
        if TokenHash.equal(token, internalToken) { return .local }
        let hash = TokenHash.hash(token)
        if let nodeTokenHash, TokenHash.equal(hash, nodeTokenHash) { return .node }
        guard !known.isEmpty else { return .anonymous }
        // Looking up the hash tells an attacker nothing about the token, whatever time it takes.
        guard let principal = known[hash] else {
            throw AuroraError(
                .unauthorized, "this token is not known", hint: "it may have been revoked; 'aurora token list' shows the names")
        }
        return principal
    }

    private static func bearer(_ header: String) -> String? {
        let words = header.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return nil }
        return String(words[1])
    }
}
