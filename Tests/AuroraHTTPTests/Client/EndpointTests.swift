import AuroraModel
import Testing

@testable import AuroraHTTP

@Suite("A URL")
struct EndpointTests {
    @Test(arguments: [
        ("http://127.0.0.1:11434", "127.0.0.1", 11434, "127.0.0.1:11434", "/"),
        ("http://example.com", "example.com", 80, "example.com", "/"),
        ("http://example.com:80/", "example.com", 80, "example.com", "/"),
        ("HTTP://Example.com:8080/v1/models?a=b&c", "Example.com", 8080, "Example.com:8080", "/v1/models?a=b&c"),
        ("http://[::1]:8001/x", "::1", 8001, "[::1]:8001", "/x"),
        ("http://h/a%20b?q=%2F", "h", 80, "h", "/a%20b?q=%2F"),
        ("http://h?q", "h", 80, "h", "/?q"),
        ("http://h/a#fragment", "h", 80, "h", "/a"),
    ])
    func isSplitIntoWhereAndWhat(url: String, host: String, port: Int, header: String, path: String) throws {
        let parsed = try Endpoint.parse(url)
        #expect(parsed.endpoint == Endpoint(transport: .plain, host: host, port: port, hostHeader: header))
        #expect(parsed.path == path)
    }

    @Test func ofHTTPSUsesTLSAndItsPort() throws {
        let (endpoint, path) = try Endpoint.parse("https://example.com/x")
        #expect(endpoint == Endpoint(transport: .tls, host: "example.com", port: 443, hostHeader: "example.com"))
        #expect(path == "/x")
        #expect(try Endpoint.parse("https://example.com:8443").endpoint.hostHeader == "example.com:8443")
    }

    @Test(arguments: [
        ("http+unix://%2Frun%2Faurora.sock/api/status", "/run/aurora.sock", "/api/status"),
        ("http+unix://%2Ftmp%2Fa%2520b%2Fs/x?y=%2F", "/tmp/a%20b/s", "/x?y=%2F"),
        ("http+unix://%2Ftmp%2Fmy%20state%2FA.sock", "/tmp/my state/A.sock", "/"),
        ("http+unix://%2Ftmp%2F%C3%BC%2Fs/", "/tmp/ü/s", "/"),
    ])
    func canNameAUnixSocket(url: String, socket: String, path: String) throws {
        let parsed = try Endpoint.parse(url)
        #expect(parsed.endpoint.transport == .unix(path: socket))
        #expect(parsed.endpoint.hostHeader == "localhost")
        #expect(parsed.path == path)
    }

    @Test(arguments: [
        "", " ", "127.0.0.1:11434", "http://", "http:///path", "//host", "http://:80", "http://h:70000", "http://h:-1", "http://h:x",
        "http://h:99999999999999999999", "http+unix://", "ftp://h", "file:///etc/passwd", "javascript:alert(1)", "http://[::1", "\0",
    ])
    func thatMakesNoSenseIsRefused(url: String) {
        let error = #expect(throws: AuroraError.self) { _ = try Endpoint.parse(url) }
        #expect(error?.code == .invalid)
        #expect(error?.hint != nil)
    }

    @Test(arguments: ["http://h/a\r\nX-Evil: 1", "http://h/a b", "http://h/?q=\r\n\r\n"]) func cannotSmuggleHeaders(url: String) {
        guard let path = try? Endpoint.parse(url).path else { return }
        #expect(path.utf8.allSatisfy { $0 > 0x20 })
    }
}
