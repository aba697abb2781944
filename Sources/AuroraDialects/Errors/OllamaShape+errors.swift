public import NIOCore

/// What goes out on Ollama's wire.
public enum OllamaShape {
    public static let streamType = "application/x-ndjson"
    public static let wholeType = "application/json"
}

extension OllamaShape {
    /// The body of an answer with that error's status.
    public static func error(_ error: DialectError) -> ByteBuffer {
        body(error.message).bytes
    }

    /// The line that ends a stream in which something was sent already. Clients look for it; the status stays 200.
    public static func errorLine(_ message: String) -> ByteBuffer {
        var line = body(message).bytes
        line.writeStaticString("\n")
        return line
    }

    private static func body(_ message: String) -> JSON { ["error": .string(message)] }
}
