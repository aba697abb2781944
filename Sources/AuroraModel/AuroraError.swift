/// The one error shape an operator sees: what happened, the user's own value, and what to do about it.
///
/// `message` starts in lower case, has no full stop and quotes the user's values; `hint` is attached where the error is
/// born, because only that place knows the fix. `adding(_:)` lets each layer put its verb in front and keep the cause.
public struct AuroraError: Error, Sendable, Equatable {
    /// What kind of failure it is; decides the exit code of the CLI and the status of an HTTP answer.
    public enum Code: String, Sendable, CaseIterable {
        /// Something that should have worked did not (exit 1, HTTP 500).
        case failed
        /// The command line or the request is wrong (exit 2, HTTP 400).
        case invalid
        /// The manifest has findings (exit 2, HTTP 400).
        case manifest
        /// Refused for safety; the hint says what would allow it (exit 3, HTTP 403).
        case refused
        /// A port that Aurora needs is held by somebody else (exit 1, HTTP 500).
        case portTaken = "port_taken"
        /// No daemon answers (exit 1, HTTP 503).
        case daemonUnreachable = "daemon_unreachable"
        /// The named thing does not exist (exit 1, HTTP 404).
        case notFound = "not_found"
        /// It clashes with something that exists (exit 1, HTTP 409).
        case conflict
        /// No token, or one that is not known (exit 1, HTTP 401).
        case unauthorized
        /// The token is known and may not do this (exit 1, HTTP 403).
        case forbidden
        /// The input is over a limit (exit 1, HTTP 413).
        case tooLarge = "too_large"
        /// A queue or a limit is full for now (exit 1, HTTP 503 with `Retry-After`).
        case overloaded
        /// Something needed is away for now (exit 1, HTTP 503 with `Retry-After`).
        case unavailable
        /// A deadline passed (exit 1, HTTP 504).
        case timedOut = "timed_out"
    }

    public let code: Code
    public let message: String
    public let hint: String?

    public init(_ code: Code, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// The same error seen from one layer up: `verb` in front, cause and hint kept.
    public func adding(_ verb: String) -> AuroraError {
        AuroraError(code, "\(verb): \(message)", hint: hint)
    }

    /// 0 done, 1 failed, 2 usage or manifest wrong, 3 refused for safety.
    public var exitCode: Int32 {
        switch code {
        case .invalid, .manifest: 2
        case .refused: 3
        default: 1
        }
    }

    /// The HTTP status that tells a client the same thing.
    public var httpStatus: Int {
        switch code {
        case .failed, .portTaken: 500
        case .invalid, .manifest: 400
        case .refused, .forbidden: 403
        case .notFound: 404
        case .conflict: 409
        case .unauthorized: 401
        case .tooLarge: 413
        case .overloaded, .unavailable, .daemonUnreachable: 503
        case .timedOut: 504
        }
    }
}

extension AuroraError: CustomStringConvertible {
    public var description: String {
        hint.map { "\(message)\n  fix: \($0)" } ?? message
    }
}
