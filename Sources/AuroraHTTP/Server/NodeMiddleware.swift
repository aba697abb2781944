public import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
public import Hummingbird
import Logging
public import NIOCore
import NIOHTTP1
import Synchronization

/// What every API of the node does around every call: an id, who calls, errors as bodies that help, a line in the log.
public struct NodeMiddleware: RouterMiddleware {
    public typealias Context = NodeContext

    private let authenticator: Authenticator
    private let openPaths: Set<String>
    private let cors: CORS
    private let errorBody: ErrorResponse.Shape

    /// - Parameters:
    ///   - openPaths: exact paths that need no token; `/health` is always among them.
    ///   - cors: the web pages that may call.
    ///   - errorBody: the shape of errors, where clients expect another than `ErrorBody`.
    public init(
        authenticator: Authenticator, openPaths: Set<String> = [], cors: CORS = CORS(), errorBody: ErrorResponse.Shape? = nil
    ) {
        self.authenticator = authenticator
        self.cors = cors
        self.openPaths = openPaths.union(["/health"])
        self.errorBody = errorBody ?? { error, _, _, id in ErrorResponse.ownShape(error, requestID: id) }
    }

    public func handle(
        _ request: Request, context: NodeContext, next: (Request, NodeContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.requestID = RequestIdentifier.sane(request.headers[.xRequestID]) ?? RequestIdentifier.make()
        var response: Response
        do {
            if let preflight = preflight(request) {
                response = preflight
            } else {
                context.principal = try principal(request, context: context)
                response = try await next(request, context)
            }
        } catch {
            response = ErrorResponse.make(for: error, request: request, context: context, shape: errorBody)
        }
        response.headers[.xRequestID] = context.requestID
        response.headers[.server] = ServerHeader.value
        if request.headers[.accessControlRequestMethod] == nil {
            response.headers.append(cors.answerHeaders(origin: request.headers[.origin], host: request.head.authority))
        }
        return response
    }

    /// A browser's question whether a page may call; it comes without a token.
    private func preflight(_ request: Request) -> Response? {
        guard request.method == .options, let origin = request.headers[.origin], request.headers[.accessControlRequestMethod] != nil
        else { return nil }
        let answer = cors.preflight(
            origin: origin, host: request.head.authority, requestedHeaders: request.headers[.accessControlRequestHeaders])
        var response = Response(status: .init(code: answer.status))
        response.headers.append(answer.headers)
        return response
    }

    private func principal(_ request: Request, context: NodeContext) throws -> Principal {
        if context.isLocalSocket { return .local }
        if openPaths.contains(request.uri.path) { return .anonymous }
        let caller = try authenticator.principal(authorization: request.headers[.authorization], apiKey: request.headers[.xAPIKey])
        try BrowserGuard.check(caller, origin: request.headers[.origin], host: request.head.authority, cors: cors)
        return caller
    }
}

extension HTTPFields {
    fileprivate mutating func append(_ headers: [(name: String, value: String)]) {
        for (name, value) in headers {
            guard let name = HTTPField.Name(name) else { continue }
            append(HTTPField(name: name, value: value))
        }
    }
}

/// `Server: aurora/…`, by which a node also recognises another node and never takes it for an engine.
public enum ServerHeader {
    public static let value = "aurora/\(AuroraVersion.current)"
}

extension HTTPField.Name {
    public static let xRequestID = HTTPField.Name("X-Request-Id") ?? .server
    public static let xAPIKey = HTTPField.Name("X-API-Key") ?? .authorization
}

/// Ids that tie an answer, a log line and an upstream call together.
public enum RequestIdentifier {
    private static let seed = UInt64.random(in: .min ... .max)
    private static let count = Atomic<UInt64>(0)

    /// 64 bits in hexadecimal, different for each call: a counter, scrambled with a secret of the process (SplitMix64). No system
    /// call, since there is one for each request.
    public static func make() -> String {
        var z = seed &+ count.wrappingAdd(1, ordering: .relaxed).newValue &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return String(z ^ (z >> 31), radix: 16)
    }

    /// The client's own id when it is short and printable, so that it cannot forge log lines; else nil.
    public static func sane(_ candidate: String?) -> String? {
        guard let candidate, (1...128).contains(candidate.utf8.count) else { return nil }
        let allowed = candidate.utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || "-_.:/+=".utf8.contains(byte)
        }
        return allowed ? candidate : nil
    }
}

/// Turns what a handler threw into an answer. Unknown errors leave as a bare 500; their words go to the log only.
public enum ErrorResponse {
    /// Error, status, path and request id to a body.
    public typealias Shape = @Sendable (AuroraError, Int, String, String) -> ByteBuffer

    public static func make(for error: any Error, request: Request, context: NodeContext, shape: Shape? = nil) -> Response {
        let (known, status) = words(for: error, request, context)
        let body = shape?(known, status, request.uri.path, context.requestID) ?? ownShape(known, requestID: context.requestID)
        var headers = (error as? HTTPError)?.headers ?? [:]
        headers[.contentType] = "application/json; charset=utf-8"
        if status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"aurora\"" }
        if status == 503 || status == 429 { headers[.retryAfter] = "1" }
        return Response(status: .init(code: status), headers: headers, body: .init(byteBuffer: body))
    }

    /// The shape of Aurora's own APIs, `ErrorBody`.
    public static func ownShape(_ error: AuroraError, requestID: String) -> ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return ByteBuffer(bytes: (try? encoder.encode(ErrorBody(error, requestID: requestID))) ?? Data())
    }

    private static func words(for error: any Error, _ request: Request, _ context: NodeContext) -> (AuroraError, status: Int) {
        switch error {
        case let error as AuroraError:
            return (error, error.httpStatus)
        case let error as any HTTPResponseError:
            return (words(for: error, request), Int(error.status.code))
        case is DecodingError:
            return (AuroraError(.invalid, "the body does not have the expected fields"), 400)
        case is HTTPParserError:
            // The head was right and the body is not, or the client left in its middle.
            return (AuroraError(.invalid, "the body is not valid HTTP/1.1, or ended early"), 400)
        default:
            context.logger.error(
                "unexpected error", metadata: ["path": "\(request.uri.path)", "error": "\(error)", "request_id": "\(context.requestID)"])
            return (AuroraError(.failed, "an internal error happened", hint: "the node's log has it under this request id"), 500)
        }
    }

    private static func words(for error: any HTTPResponseError, _ request: Request) -> AuroraError {
        switch error.status.code {
        case 404: AuroraError(.notFound, "there is nothing at '\(request.uri.path)'", hint: "GET /openapi.json lists what there is")
        case 405: AuroraError(.invalid, "'\(request.uri.path)' does not take \(request.method.rawValue)")
        case 413: AuroraError(.tooLarge, "the body is too large", hint: "send less")
        default: AuroraError(.invalid, (error as? HTTPError)?.body ?? error.status.reasonPhrase.lowercased())
        }
    }
}
