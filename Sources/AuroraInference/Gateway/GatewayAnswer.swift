import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore

/// An answer that the gateway gives itself.
struct GatewayAnswer {
    let status: Int
    /// Lines of header fields.
    let fields: ByteBuffer
    let body: ByteBuffer

    /// - Parameter retryAfter: seconds, for answers that say so; nil leaves it to the status.
    init(
        status: Int, body: ByteBuffer, requestID: String?, contentType: String = "application/json; charset=utf-8", retryAfter: Int? = nil
    ) {
        var fields = ByteBuffer()
        fields.writeField("content-type", contentType)
        fields.writeField("server", ServerHeader.value)
        if let requestID { fields.writeField("x-request-id", requestID) }
        if status == 503 || status == 429 { fields.writeField("retry-after", String(retryAfter ?? 1)) }
        if status == 401 { fields.writeField("www-authenticate", "Bearer realm=\"aurora\"") }
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// An error in the shape that clients of the dialect parse.
    static func error(_ error: DialectError, route: GatewayRoute, requestID: String?) -> GatewayAnswer {
        GatewayAnswer(
            status: error.status, body: route.error(error, requestID: requestID), requestID: requestID, retryAfter: error.retryAfter)
    }

    /// What did not parse as HTTP.
    static func garbage(_ error: HeadError) -> GatewayAnswer {
        let words =
            switch error {
            case .tooLarge: "the headers are over the limit; 'limits: header:' in aurora.yml sets it"
            case .malformed(let why): "this is not an HTTP/1.1 request: \(why)"
            }
        return .error(DialectError(.invalidRequest, words), route: .chatCompletions, requestID: nil)
    }

    static func errorBody(_ error: DialectError, _ dialect: Dialect) -> ByteBuffer {
        switch dialect {
        case .openai: OpenAIShape.error(error)
        case .ollama: OllamaShape.error(error)
        }
    }
}
