import AuroraAPI
import AuroraConfig
import AuroraHTTP
import AuroraModel
import AuroraSystem
import Foundation

/// Tokens of the manifest and of the store as one list; the authenticator always knows the newest.
struct TokenBook: Sendable {
    private static let nameLimit = 64

    let authenticator: Authenticator
    private let manifest: [ManifestToken]
    private let store: any TokenStore

    init(manifest: [ManifestToken], nodeToken: Secret? = nil, store: any TokenStore) async throws {
        self.manifest = manifest
        self.store = store
        authenticator = Authenticator(nodeToken: nodeToken)
        try await refresh()
    }

    func list() async throws -> TokenList {
        let written = manifest.map { TokenList.Entry(name: $0.name, scopes: sorted($0.scopes), origin: "manifest", createdAt: nil) }
        let stored = try await store.tokens().map { token in
            TokenList.Entry(name: token.name, scopes: sorted(token.scopes), origin: "store", createdAt: token.createdAt.formatted(.iso8601))
        }
        return TokenList(tokens: written + stored)
    }

    func create(_ request: TokenRequest) async throws -> TokenCreated {
        let name = request.name
        guard !name.isEmpty, name.count <= Self.nameLimit,
            name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
        else {
            throw AuroraError(
                .invalid, "'\(name)' is not a name for a token", hint: "use up to \(Self.nameLimit) letters, digits, '-', '_' and '.'")
        }
        guard !request.scopes.isEmpty else {
            throw AuroraError(
                .invalid, "a token needs at least one scope", hint: "choose from \(Scope.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard !manifest.contains(where: { $0.name == name }) else {
            throw AuroraError(.conflict, "the manifest has a token '\(name)' already", hint: "choose another name")
        }
        let token = TokenHash.makeToken()
        try await store.add(StoredToken(name: name, hash: TokenHash.hash(token), scopes: Set(request.scopes), createdAt: Date()))
        try await refresh()
        return TokenCreated(name: name, token: token, scopes: sorted(Set(request.scopes)))
    }

    func revoke(_ name: String) async throws {
        guard !manifest.contains(where: { $0.name == name }) else {
            throw AuroraError(
                .conflict, "the token '\(name)' is written in the manifest",
                hint: "remove it from 'tokens:' in aurora.yml and restart the node")
        }
        guard try await store.revoke(name) else {
            throw AuroraError(.notFound, "there is no token '\(name)'", hint: "'aurora token list' shows the names")
        }
        try await refresh()
    }

    private func refresh() async throws {
        let written = manifest.map { (hash: TokenHash.hash($0.value.reveal()), principal: Principal(name: $0.name, scopes: $0.scopes)) }
        let stored = try await store.tokens().map { (hash: $0.hash, principal: Principal(name: $0.name, scopes: $0.scopes)) }
        authenticator.replace(with: written + stored)
    }

    private func sorted(_ scopes: Set<Scope>) -> [Scope] { scopes.sorted { $0.rawValue < $1.rawValue } }
}
