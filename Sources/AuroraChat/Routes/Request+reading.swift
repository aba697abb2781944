import AuroraDialects
import AuroraHTTP
import AuroraModel
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

extension Request {
    /// The fields of the JSON body; throws `tooLarge` past `limit` bytes.
    func fields(upTo limit: Int) async throws -> Fields {
        do {
            return try Fields(parsing: try await body.collect(upTo: limit), what: "the body")
        } catch is NIOTooManyBytesError {
            throw AuroraError(.tooLarge, "the body has more than \(limit) bytes", hint: "send less")
        }
    }

    var query: QueryFields { QueryFields(uri.query) }

    var traceparent: String? { HTTPField.Name("traceparent").flatMap { headers[$0] } }
}

extension NodeContext {
    /// A part of the path; the router only calls where it is there.
    func part(_ name: String) -> String {
        let raw = parameters.get(name) ?? ""
        return raw.removingPercentEncoding ?? raw
    }
}

extension Response {
    static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8"], body: ResponseBody(byteBuffer: value.bytes))
    }
}
