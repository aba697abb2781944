import AuroraAPI
import AuroraHTTP
import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
import NIOCore

/// The running node, reached over its unix socket, whose file mode (0600) is the permission.
struct NodeConnection: Sendable {
    private static let answerLimit = 16 << 20

    private let base: String
    private let socket: String
    private let http: any HTTPCalling

    /// - Parameter stateFolder: the node's.
    init(stateFolder: String) throws {
        socket = NodeFiles.socket(in: stateFolder)
        let host = socket.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? socket
        base = "http+unix://\(host)"
        http = try NodeHTTPClient.standalone()
    }

    func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
        try Wire.decode(type, from: try await send(.get, path, body: nil))
    }

    func post<Value: Decodable>(_ type: Value.Type, _ path: String, _ body: some Encodable) async throws -> Value {
        try Wire.decode(type, from: try await send(.post, path, body: try Wire.encode(body)))
    }

    func delete(_ path: String) async throws { _ = try await send(.delete, path, body: nil) }

    /// The body as it comes, for streams.
    func open(_ path: String, _ body: some Encodable) async throws -> HTTPReply {
        let reply = try await reply(.post, path, body: try Wire.encode(body), idle: .seconds(600))
        guard reply.status < 300 else {
            throw failure(reply.status, Data(try await reply.collect(upTo: Self.answerLimit).readableBytesView))
        }
        return reply
    }

    private func send(_ method: HTTPRequest.Method, _ path: String, body: Data?) async throws -> Data {
        let reply = try await reply(method, path, body: body, idle: .seconds(10))
        let data = Data(try await reply.collect(upTo: Self.answerLimit).readableBytesView)
        guard reply.status < 300 else { throw failure(reply.status, data) }
        return data
    }

    private func reply(_ method: HTTPRequest.Method, _ path: String, body: Data?, idle: Duration) async throws -> HTTPReply {
        let headers: HTTPFields = body == nil ? [:] : [.contentType: "application/json"]
        do {
            return try await http.call(
                HTTPCall(
                    method, base + path, headers: headers, body: body.map { ByteBuffer(bytes: $0) }, headTimeout: idle, idleTimeout: idle))
        } catch let error as AuroraError where error.code == .unavailable {
            throw AuroraError(
                .daemonUnreachable, "no node answers on '\(socket)'",
                hint: "start it with 'aurora up', or name its state folder with --state")
        }
    }

    /// The node's own words, and its hint.
    private func failure(_ status: Int, _ body: Data) -> AuroraError {
        guard let told = try? JSONDecoder().decode(ErrorBody.self, from: body) else {
            return AuroraError(.failed, "the node answered \(status)")
        }
        return AuroraError(AuroraError.Code(rawValue: told.error.code) ?? .failed, told.error.message, hint: told.error.hint)
    }
}
