public import AuroraModel

/// An error as it goes to a client, before it takes the shape of a wire. The texts are those that clients look for.
public struct DialectError: Error, Sendable, Equatable {
    /// What went wrong, in the terms that clients tell apart.
    public enum Kind: Sendable, Equatable {
        case invalidRequest, unauthorized, forbidden, notFound, methodNotAllowed, conflict, tooLarge, rateLimited
        /// The client went away.
        case cancelled
        /// Something inside the gateway.
        case failed
        /// An engine answered with something that is no answer.
        case upstream
        case overloaded
        case timedOut
    }

    public let kind: Kind
    /// The HTTP status, from 400 to 599.
    public let status: Int
    public let message: String
    /// Seconds after which it is worth another try, for `Retry-After`; nil when nobody knows.
    public let retryAfter: Int?

    public init(_ kind: Kind, _ message: String, status: Int? = nil, retryAfter: Int? = nil) {
        self.kind = kind
        self.status = status ?? kind.status
        self.message = message
        self.retryAfter = retryAfter
    }

    /// An error of Aurora's own; the hint follows the message.
    public init(_ error: AuroraError) {
        let message = error.hint.map { "\(error.message); \($0)" } ?? error.message
        self.init(Kind(status: error.httpStatus), message, status: error.httpStatus)
    }
}

extension DialectError.Kind {
    /// The kind that best fits a status.
    public init(status: Int) {
        self =
            switch status {
            case 401: .unauthorized
            case 403: .forbidden
            case 404: .notFound
            case 405: .methodNotAllowed
            case 409: .conflict
            case 413: .tooLarge
            case 429: .rateLimited
            case 499: .cancelled
            case 502: .upstream
            case 503: .overloaded
            case 408, 504: .timedOut
            case 400..<500: .invalidRequest
            default: .failed
            }
    }

    var status: Int {
        switch self {
        case .invalidRequest: 400
        case .unauthorized: 401
        case .forbidden: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .tooLarge: 413
        case .rateLimited: 429
        case .cancelled: 499
        case .failed: 500
        case .upstream: 502
        case .overloaded: 503
        case .timedOut: 504
        }
    }
}

// MARK: - the texts that clients match

extension DialectError {
    public static let missingBody = DialectError(.invalidRequest, "missing request body")
    public static let modelRequired = DialectError(.invalidRequest, "model is required")
    public static let emptyMessages = DialectError(.invalidRequest, "[] is too short - 'messages'")
    /// Two spaces, as in Ollama.
    public static let busy = DialectError(.overloaded, "server busy, please try again.  maximum pending requests exceeded")
    public static let cancelled = DialectError(.cancelled, "request canceled")
    public static let methodNotAllowed = DialectError(.methodNotAllowed, "method not allowed")
    public static let unauthorized = DialectError(.unauthorized, "unauthorized")

    /// `nearest` are names that the client may have meant; they stand behind the text that clients look for.
    public static func modelNotFound(_ model: String, nearest: [String] = []) -> DialectError {
        let text = "model '\(model)' not found"
        guard !nearest.isEmpty else { return DialectError(.notFound, text) }
        return DialectError(.notFound, text + "; nearest: " + nearest.map { "'\($0)'" }.joined(separator: ", "))
    }

    /// `ability` is `chat`, `generate`, `thinking`, …
    public static func doesNotSupport(_ model: String, _ ability: String) -> DialectError {
        DialectError(.invalidRequest, "\"\(model)\" does not support \(ability)")
    }

    public static func invalid(_ message: String) -> DialectError { DialectError(.invalidRequest, message) }

    /// A body that is not the JSON that was expected.
    public static func invalidBody(_ error: JSONError) -> DialectError {
        error.reason == .empty ? missingBody : invalid("invalid request body: \(error)")
    }
}
