public import AuroraModel

/// The error body of Aurora's own APIs: a machine's code beside a person's words.
///
/// `{"error":{"code":"not_found","message":"no conversation 'x'","hint":"…","request_id":"…"}}`
public struct ErrorBody: Codable, Sendable {
    public struct Detail: Codable, Sendable {
        public let code: String
        public let message: String
        public let hint: String?
        public let requestID: String?

        enum CodingKeys: String, CodingKey {
            case code, message, hint
            case requestID = "request_id"
        }
    }

    public let error: Detail

    public init(_ error: AuroraError, requestID: String? = nil) {
        self.error = Detail(code: error.code.rawValue, message: error.message, hint: error.hint, requestID: requestID)
    }
}
