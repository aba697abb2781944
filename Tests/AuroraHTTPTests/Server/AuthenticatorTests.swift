import AuroraModel
import AuroraSystem
import Testing

@testable import AuroraHTTP

@Suite("The authenticator")
struct AuthenticatorTests {
    private let phone = Principal(name: "phone", scopes: [.chat])

    private func secured() -> Authenticator { Authenticator([(hash: TokenHash.hash("t0ken"), principal: phone)]) }

    @Test func letsEverybodyInWithoutTokens() throws {
        let open = Authenticator()
        #expect(!open.tokensRequired)
        #expect(try open.principal(authorization: nil, apiKey: nil) == .anonymous)
        #expect(try open.principal(authorization: "Bearer whatever", apiKey: "whatever") == .anonymous)
    }

    @Test(arguments: ["Bearer t0ken", "bearer t0ken", "BEARER t0ken"]) func readsBearerTokens(header: String) throws {
        #expect(try secured().principal(authorization: header, apiKey: nil) == phone)
    }

    @Test func readsAPIKeys() throws {
        #expect(secured().tokensRequired)
        #expect(try secured().principal(authorization: nil, apiKey: "t0ken") == phone)
    }

    @Test(arguments: ["", "Bearer", "Bearer ", "Basic dDBrZW4=", "t0ken", "Bearer t0ken x", "Bearer T0KEN", "Bearer \0", "Bearer t0ke"])
    func refusesEveryOtherHeader(header: String) {
        let error = #expect(throws: AuroraError.self) { try secured().principal(authorization: header, apiKey: nil) }
        #expect(error?.code == .unauthorized)
        #expect(error?.hint != nil)
    }

    @Test func refusesHashesInPlaceOfTokens() {
        #expect(throws: AuroraError.self) { try secured().principal(authorization: nil, apiKey: TokenHash.hash("t0ken")) }
    }

    @Test func forgetsTokensAtOnce() throws {
        let authenticator = secured()
        authenticator.replace(with: [(hash: TokenHash.hash("other"), principal: phone)])
        #expect(throws: AuroraError.self) { try authenticator.principal(authorization: nil, apiKey: "t0ken") }
        #expect(try authenticator.principal(authorization: nil, apiKey: "other") == phone)
        authenticator.replace(with: [])
        #expect(try authenticator.principal(authorization: nil, apiKey: nil) == .anonymous)
    }

    @Test func knowsItsOwnServices() throws {
        let authenticator = secured()
        #expect(try authenticator.principal(authorization: nil, apiKey: authenticator.ownToken.reveal()) == .local)
        #expect("\(authenticator.ownToken)" == "***")
        #expect(throws: AuroraError.self) { try authenticator.principal(authorization: nil, apiKey: Authenticator().ownToken.reveal()) }
    }
}
