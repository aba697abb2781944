import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore
import NIOHTTP1

/// An answer that the gateway gives itself.
struct GatewayAnswer {
    let head: HTTPResponseHead
    let body: ByteBuffer

    init(
        status: Int, body: ByteBuffer, requestID: String?, version: HTTPVersion = .http1_1,
        contentType: String = "application/json; charset=utf-8"
    ) {
        var headers = HTTPHeaders()
        headers.add(name: "content-type", value: contentType)
        headers.add(name: "content-length", value: String(body.readableBytes))
        headers.add(name: "server", value: ServerHeader.value)
        if let requestID { headers.add(name: "x-request-id", value: requestID) }
        if status == 503 || status == 429 { headers.add(name: "retry-after", value: "1") }
        if status == 401 { headers.add(name: "www-authenticate", value: "Bearer realm=\"aurora\"") }
        head = HTTPResponseHead(version: version, status: HTTPResponseStatus(statusCode: status), headers: headers)
        self.body = body
    }

    /// An error in the shape that clients of the route's dialect parse.
    static func error(_ error: DialectError, route: GatewayRoute, requestID: String, version: HTTPVersion) -> GatewayAnswer {
        GatewayAnswer(status: error.status, body: errorBody(error, route.dialect), requestID: requestID, version: version)
    }

    /// What did not parse as HTTP.
    static func garbage() -> GatewayAnswer {
        let error = DialectError(.invalidRequest, "this is not an HTTP/1.1 request, or its headers are over the limit")
        return GatewayAnswer(status: 400, body: errorBody(error, .openai), requestID: nil).closing()
    }

    static func errorBody(_ error: DialectError, _ dialect: Dialect) -> ByteBuffer {
        switch dialect {
        case .openai: OpenAIShape.error(error)
        case .ollama: OllamaShape.error(error)
        }
    }

    /// The same answer, after which the connection closes.
    func closing() -> GatewayAnswer {
        var head = head
        head.headers.replaceOrAdd(name: "connection", value: "close")
        return GatewayAnswer(head: head, body: body)
    }

    private init(head: HTTPResponseHead, body: ByteBuffer) {
        self.head = head
        self.body = body
    }
}
