import AuroraAPI
import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
import NIOCore

/// The running node, reached over its unix socket, whose file mode (0600) is the permission, or at the URL of its node API.
struct NodeConnection: Sendable {
    private static let answerLimit = 16 << 20
    /// Until an answer begins that needs no work.
    static let patience = Duration.seconds(10)

    private let base: String
    /// The socket's path, or the URL.
    private let place: String
    private let hint: String
    private let token: Secret?
    private let http: any HTTPCalling

    /// - Parameter stateFolder: the node's.
    init(stateFolder: String) throws {
        place = NodeFiles.socket(in: stateFolder)
        let host = place.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? place
        base = "http+unix://\(host)"
        hint = "start it with 'aurora up', or name its state folder with --state"
        token = nil
        http = try NodeHTTPClient.standalone()
    }

    /// - Parameter url: of a node API, such as `http://10.0.0.1:8004`. Throws `invalid` for what is none.
    init(url: String, token: Secret?) throws {
        place = url
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        guard base.hasPrefix("http://") || base.hasPrefix("https://"), (try? Endpoint.parse(base)) != nil else {
            throw AuroraError(.invalid, "'\(url)' is not the URL of a node API", hint: "use one such as http://10.0.0.1:8004")
        }
        hint = "check the address and the port; it is that of the console"
        self.token = token
        http = try NodeHTTPClient.standalone()
    }

    func get<Value: Decodable>(_ type: Value.Type, _ path: String) async throws -> Value {
        try Wire.decode(type, from: try await send(.get, path, body: nil))
    }

    /// - Parameter patience: until the answer begins, and between its pieces.
    func post<Value: Decodable>(
        _ type: Value.Type, _ path: String, _ body: some Encodable, patience: Duration = Self.patience
    ) async throws -> Value {
        try Wire.decode(type, from: try await send(.post, path, body: try Wire.encode(body), patience: patience))
    }

    func delete(_ path: String) async throws { _ = try await send(.delete, path, body: nil) }

    /// For answers that keep their own shape.
    func json(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) async throws -> JSON {
        let data = try await send(method, path, body: body.map { Data($0.bytes.readableBytesView) })
        do { return try JSON(parsing: ByteBuffer(bytes: data)) } catch {
            throw AuroraError(.failed, "the node's answer is not JSON: \(error)")
        }
    }

    /// The body as it comes, for streams.
    func open(_ path: String, _ body: some Encodable) async throws -> HTTPReply {
        try await stream(.post, path, body: try Wire.encode(body))
    }

    /// The same for any method. Throws the node's own words when it refuses.
    func stream(_ method: HTTPRequest.Method, _ path: String, body: Data? = nil) async throws -> HTTPReply {
        let reply = try await reply(method, path, body: body, patience: .seconds(600))
        guard reply.status < 300 else {
            throw failure(reply.status, Data(try await reply.collect(upTo: Self.answerLimit).readableBytesView))
        }
        return reply
    }

    private func send(
        _ method: HTTPRequest.Method, _ path: String, body: Data?, patience: Duration = Self.patience
    ) async throws -> Data {
        let reply = try await reply(method, path, body: body, patience: patience)
        let data = Data(try await reply.collect(upTo: Self.answerLimit).readableBytesView)
        guard reply.status < 300 else { throw failure(reply.status, data) }
        return data
    }

    private func reply(_ method: HTTPRequest.Method, _ path: String, body: Data?, patience: Duration) async throws -> HTTPReply {
        var headers: HTTPFields = body == nil ? [:] : [.contentType: "application/json"]
        if let token { headers[.authorization] = "Bearer \(token.reveal())" }
        do {
            return try await http.call(
                HTTPCall(
                    method, base + path, headers: headers, body: body.map { ByteBuffer(bytes: $0) }, headTimeout: patience,
                    idleTimeout: patience))
        } catch let error as AuroraError where error.code == .unavailable {
            throw AuroraError(.daemonUnreachable, "no node answers on '\(place)'", hint: hint)
        }
    }

    /// The node's own words, and its hint.
    private func failure(_ status: Int, _ body: Data) -> AuroraError {
        guard let told = try? JSONDecoder().decode(ErrorBody.self, from: body) else {
            // Calls of Ollama's API are refused in its shape.
            let words = (try? JSON(parsing: ByteBuffer(bytes: body)))?["error"]?.string
            return AuroraError(Self.code(status), words ?? "the node answered \(status)")
        }
        return AuroraError(AuroraError.Code(rawValue: told.error.code) ?? .failed, told.error.message, hint: told.error.hint)
    }

    private static func code(_ status: Int) -> AuroraError.Code {
        switch status {
        case 400: .invalid
        case 401: .unauthorized
        case 403: .forbidden
        case 404: .notFound
        case 409: .conflict
        case 429, 503: .overloaded
        default: .failed
        }
    }
}
