import AuroraModel
import Testing

@testable import AuroraHTTP

@Suite("Foreign web pages")
struct BrowserGuardTests {
    private func passes(_ principal: Principal = .anonymous, origin: String?, host: String?) -> Bool {
        (try? BrowserGuard.check(principal, origin: origin, host: host)) != nil
    }

    @Test(arguments: [
        nil, "127.0.0.1:8001", "[::1]:8001", "localhost:8001", "10.0.0.20", "gpu-pod:8001", "server.local", "aurora.internal:80",
    ])
    func callsByAPrivateNameAreAnswered(_ host: String?) {
        #expect(passes(origin: nil, host: host))
    }

    @Test(arguments: ["evil.example.com", "evil.example.com:8001", "", ".", "localhost.evil.com"])
    func aNameMadeToPointHereIsRefused(_ host: String) {
        #expect(!passes(origin: nil, host: host))
    }

    @Test func pagesOfOtherSitesAreRefusedAndOwnPagesAreNot() {
        #expect(!passes(origin: "https://evil.example.com", host: "127.0.0.1:8001"))
        #expect(!passes(origin: "null", host: "127.0.0.1:8001"))
        #expect(passes(origin: "http://127.0.0.1:8004", host: "127.0.0.1:8003"))
        #expect(passes(origin: "http://server:8004", host: "server:8003"))
    }

    @Test func aTokenIsProofEnough() {
        #expect(passes(Principal(name: "t", scopes: [.chat]), origin: "https://chat.example.com", host: "chat.example.com"))
    }
}
