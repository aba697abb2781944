import Testing

@testable import AuroraHTTP

@Suite struct OriginCheckTests {
    @Test(
        arguments: [
            (nil, "aurora.example.com"), (nil, nil), ("http://aurora.example.com", "aurora.example.com"),
            ("https://aurora.example.com", "aurora.example.com:8003"), ("http://Aurora.Example.COM:8004", "aurora.example.com:8003"),
            ("http://10.0.0.1:8004", "10.0.0.1:8003"), ("http://[fd00::1]:8004", "[FD00::1]:8003"),
            ("http://localhost:3000", "10.0.0.1:8003"), ("http://app.localhost", "10.0.0.1"), ("http://127.0.0.1:8004", nil),
            ("http://127.1.2.3", "10.0.0.1"), ("http://[::1]:8004", "10.0.0.1"),
        ] as [(String?, String?)])
    func allows(_ origin: String?, _ host: String?) {
        #expect(OriginCheck.allows(origin: origin, host: host))
    }

    @Test(
        arguments: [
            ("https://evil.example", "127.0.0.1:8003"), ("null", "127.0.0.1"), ("", ""), ("http://", ""), ("http://:80", ":80"),
            ("http://127.evil.example", "127.0.0.1"), ("http://127.0.0.1.evil.example", "127.0.0.1"),
            ("http://localhost.evil.example", "localhost"),
            ("http://notlocalhost", "localhost"), ("http://127.0.0.999", "127.0.0.1"), ("http://127.0.0", "127.0.0.1"),
            ("http://localhost@evil.example", "localhost"), ("http://evil.example/localhost", "localhost"),
            ("http://evil.example#localhost", "x"),
            ("file://localhost", "localhost"), ("chrome-extension://localhost", "localhost"), ("http://[::1", "[::1"),
            ("http://[::1]evil.example", "[::1]"), ("http://localhost:port", "x"), ("http://localhost:99999", "x"),
            ("http://localhost:80:80", "x"),
            ("http://aurora.example.com", nil), ("http://\u{301}localhost", "x"), ("http://loc\0alhost", "x"),
        ] as [(String?, String?)])
    func refuses(_ origin: String?, _ host: String?) {
        #expect(!OriginCheck.allows(origin: origin, host: host))
    }
}
