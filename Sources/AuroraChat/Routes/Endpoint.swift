import AuroraHTTP
import AuroraModel
import HTTPTypes
import Hummingbird

/// What a caller must be allowed.
enum Access: Sendable {
    case chat
    /// Changes nothing; tokens that may only read are enough.
    case reading

    func check(_ principal: Principal) throws {
        guard !principal.may(.chat) else { return }
        if case .reading = self, principal.may(.read) { return }
        throw AuroraError(
            .forbidden, "token '\(principal.name)' may not do this",
            hint: "use a token with scope 'chat'; 'aurora token create' makes one")
    }
}

/// One path and all that can be done with it.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (Request, NodeContext) async throws -> Response

    struct Action: Sendable {
        let method: HTTPRequest.Method
        let access: Access
        let handler: Handler
    }

    let path: String
    let actions: [Action]
    /// Turns errors into another wire's shape; nil leaves them to the server.
    var failure: (@Sendable (AuroraError) -> Response)?

    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]

    func add(to router: some RouterMethods<NodeContext>) {
        router.on(RouterPath(path), method: .options) { _, _ in
            Response(status: .noContent, headers: [.allow: (allowed + ["OPTIONS"]).joined(separator: ", ")])
        }
        for method in Self.methods {
            router.on(RouterPath(path), method: method) { request, context in
                do {
                    return try await respond(to: request, context)
                } catch let error as AuroraError {
                    guard let failure else { throw error }
                    return failure(error)
                }
            }
        }
    }

    private func respond(to request: Request, _ context: NodeContext) async throws -> Response {
        let isHead = request.method == .head
        guard let action = actions.first(where: { $0.method == (isHead ? .get : request.method) }) else {
            return refuse(request, context)
        }
        try action.access.check(context.principal)
        let response = try await action.handler(request, context)
        return isHead ? response.createHeadResponse() : response
    }

    private var allowed: [String] {
        actions.map(\.method.rawValue) + (actions.contains { $0.method == .get } ? ["HEAD"] : [])
    }

    private func refuse(_ request: Request, _ context: NodeContext) -> Response {
        let error = AuroraError(
            .invalid, "'\(request.method.rawValue)' is not allowed on '\(request.uri.path.shortened)'",
            hint: "use \(allowed.joined(separator: ", "))")
        var response = failure?(error) ?? Response.json(ChatReplies.errorBody(error, requestID: context.requestID))
        response.status = .methodNotAllowed
        response.headers[.allow] = allowed.joined(separator: ", ")
        return response
    }
}
