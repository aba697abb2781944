import AuroraModel
public import AuroraSystem
import Foundation
import Testing

/// What a token store must do; used like `ConversationStoreConformance`.
public enum TokenStoreConformance {
    public typealias Case = StoreCase<any TokenStore>

    public static let cases: [Case] = [
        Case("keeps tokens exactly, ordered by name") { store async throws in
            let phone = StoredToken(name: "phone", hash: TokenHash.hash("a"), scopes: [.chat, .read], createdAt: .sample(0.000001))
            let admin = StoredToken(name: "admin", hash: TokenHash.hash("b"), scopes: Set(Scope.allCases), createdAt: .sample(1))
            let none = StoredToken(name: "none", hash: TokenHash.hash("c"), scopes: [], createdAt: .sample(2))
            for token in [phone, admin, none] { try await store.add(token) }
            #expect(try await store.tokens() == [admin, none, phone])
        },
        Case("refuses a name twice and keeps the first token") { store async throws in
            let first = StoredToken(name: "x", hash: TokenHash.hash("a"), scopes: [.read], createdAt: .sample())
            try await store.add(first)
            await expectError(.conflict) {
                try await store.add(StoredToken(name: "x", hash: TokenHash.hash("b"), scopes: [.admin], createdAt: .sample()))
            }
            #expect(try await store.tokens() == [first])
        },
        Case("revokes a token once") { store async throws in
            try await store.add(StoredToken(name: "x", hash: TokenHash.hash("a"), scopes: [.read], createdAt: .sample()))
            #expect(try await store.revoke("X") == false)
            #expect(try await store.revoke("x"))
            #expect(try await store.revoke("x") == false)
            #expect(try await store.tokens().isEmpty)
        },
    ]
}
