import AuroraAPI
import AuroraHTTP
import AuroraModel
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// JSON in and out of the node API.
enum JSONAnswer {
    private static let bodyLimit = 64 * 1024

    static func make(_ value: some Encodable, status: HTTPResponse.Status = .ok) throws -> Response {
        let headers: HTTPFields = [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"]
        return Response(status: status, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: try Wire.encode(value))))
    }

    /// - Parameter hint: what a right body looks like.
    static func read<Value: Decodable>(_ type: Value.Type, from request: Request, hint: String) async throws -> Value {
        let body = try await request.body.collect(upTo: bodyLimit)
        do {
            return try Wire.decode(type, from: Data(body.readableBytesView))
        } catch {
            throw AuroraError(.invalid, "the body does not have the expected fields", hint: "send \(hint)")
        }
    }
}
