public import NIOCore

/// What goes out on OpenAI's wire.
public enum OpenAIShape {
    public static let streamType = "text/event-stream"
    public static let wholeType = "application/json"
}

extension OpenAIShape {
    /// The body of an answer with that error's status.
    public static func error(_ error: DialectError) -> ByteBuffer {
        body(error).bytes
    }

    /// The event that ends a stream in which something was sent already. No `[DONE]` follows: a client that saw one would
    /// take half an answer for the whole.
    public static func errorEvent(_ error: DialectError) -> ByteBuffer {
        event(body(error))
    }

    /// `param` and `code` are always there, because clients read them without asking.
    private static func body(_ error: DialectError) -> JSON {
        [
            "error": [
                "message": .string(error.message), "type": .string(error.kind.openAIType), "param": .null,
                "code": error.kind.openAICode.map { .string($0) } ?? .null,
            ]
        ]
    }

    /// One event of a stream.
    static func event(_ data: JSON) -> ByteBuffer {
        var event = ByteBuffer()
        event.writeStaticString("data: ")
        data.write(into: &event)
        event.writeStaticString("\n\n")
        return event
    }
}

extension DialectError.Kind {
    var openAIType: String {
        switch self {
        case .invalidRequest, .methodNotAllowed, .conflict, .tooLarge, .unauthorized: "invalid_request_error"
        case .forbidden: "permission_error"
        case .notFound: "not_found_error"
        case .rateLimited: "rate_limit_error"
        case .overloaded: "service_unavailable_error"
        case .cancelled, .failed, .upstream, .timedOut: "api_error"
        }
    }

    var openAICode: String? {
        switch self {
        case .unauthorized: "invalid_api_key"
        case .overloaded: "server_is_overloaded"
        default: nil
        }
    }
}
