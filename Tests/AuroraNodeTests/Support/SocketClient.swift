import AuroraTestSupport
import NIOCore

/// A WebSocket client of one page: sends short masked text frames, reads what comes as text.
struct SocketClient: Sendable {
    private let connection: RawConnection

    struct Refused: Error { let answer: String }

    static func open(_ address: String, path: String) async throws -> SocketClient {
        let connection = try await RawConnection.open(port: address.port)
        try await connection.send(
            "GET \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(address.port)\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        let head = await connection.read(until: "\r\n\r\n")
        guard head.hasPrefix("HTTP/1.1 101") else { throw Refused(answer: head) }
        return SocketClient(connection: connection)
    }

    /// At most 125 bytes, which need no longer length.
    func send(_ text: String) async throws {
        let mask: [UInt8] = [1, 2, 3, 4]
        let masked = text.utf8.enumerated().map { $0.element ^ mask[$0.offset % 4] }
        try await connection.send(bytes: [0x81, 0x80 | UInt8(masked.count)] + mask + masked)
    }

    func read(until part: String) async -> String { await connection.read(until: part) }

    func close() async throws { try await connection.close() }
}
