import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraSystem
import HTTPTypes
import Hummingbird

/// Answers of the task routes.
enum TaskAnswer {
    /// Seconds after which looking again makes sense.
    private static let lookAgain = "1"
    /// Seconds after which a full line may have room.
    private static let tryAgain = "10"

    static func json(_ value: JSON, status: HTTPResponse.Status = .ok) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: value.bytes))
    }

    /// The finished task, or where to look for it.
    static func submitted(_ added: AddedTask, _ task: TaskRecord?) -> Response {
        let state = task?.summary.state ?? added.state
        let receipt = AddedTask(id: added.id, state: state, isNew: added.isNew)
        var response: Response
        if let task, state.isFinal {
            response = json(TaskView.whole(task, progress: nil))
        } else {
            response = json(TaskView.receipt(receipt), status: .accepted)
            response.headers[.retryAfter] = lookAgain
        }
        response.headers[.location] = TaskView.url(added.id)
        if !added.isNew { response.headers[.idempotentReplayed] = "true" }
        return response
    }

    static func receipts(_ added: [AddedTask]) -> Response {
        json(["tasks": .array(added.map(TaskView.receipt))], status: .accepted)
    }

    /// Everything that is wrong, each with its place and its fix.
    static func refused(_ refusal: TaskRefusal, _ context: NodeContext) -> Response {
        let shown = refusal.findings.prefix(TaskRefusal.shown)
        let findings = shown.map { finding -> JSON in
            ["field": .string(finding.field), "message": .string(finding.reason), "hint": .string(finding.fix)]
        }
        let reasons = shown.map { $0.reason }.joined(separator: "; ")
        let message = shown.count == 1 ? reasons : "\(refusal.findings.count) things are wrong: \(reasons)"
        let error = AuroraError(.invalid, message, hint: shown.map(\.fix).joined(separator: "; "))
        return failure(error, status: .badRequest, findings: .array(findings), context)
    }

    static func full(_ error: AuroraError, _ context: NodeContext) -> Response {
        var response = failure(error, status: .tooManyRequests, context)
        response.headers[.retryAfter] = tryAgain
        return response
    }

    static func wrongMethod(allowed: String, _ request: Request, _ context: NodeContext) -> Response {
        let error = AuroraError(
            .invalid, "'\(request.uri.path.prefix(64))' does not take \(request.method.rawValue)", hint: "use \(allowed)")
        var response = failure(error, status: .methodNotAllowed, context)
        response.headers[.allow] = allowed
        return response
    }

    /// The shape of `ErrorBody`, with findings where there are some.
    private static func failure(
        _ error: AuroraError, status: HTTPResponse.Status, findings: JSON? = nil, _ context: NodeContext
    ) -> Response {
        var body: JSONObject = ["code": .string(error.code.rawValue), "message": .string(error.message)]
        body.append("hint", error.hint.map(JSON.string))
        body.append("request_id", .string(context.requestID))
        body.append("findings", findings)
        return json(["error": .object(body)], status: status)
    }
}
