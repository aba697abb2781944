import AuroraDialects
public import AuroraHTTP
import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
public import Hummingbird
import NIOCore

/// The routes of tasks on the gateway's port: submitting, looking, following, cancelling.
public struct TaskRoutes: Sendable {
    /// A batch of small tasks, or one with the largest payload.
    static let bodyLimit = 32 << 20
    private static let methods: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete]

    private typealias Handler = @Sendable (Request, NodeContext) async throws -> Response

    private let service: TaskService

    public init(service: TaskService) { self.service = service }

    public func add(to router: Router<NodeContext>) {
        add(to: router, "/tasks/submit", [.post: submit])
        add(to: router, "/tasks", [.get: { request, _ in try await list(request, states: nil) }])
        add(to: router, "/tasks/active", [.get: { request, _ in try await list(request, states: TaskState.open) }])
        add(to: router, "/tasks/completed", [.get: { request, _ in try await list(request, states: [.completed]) }])
        add(to: router, "/tasks/:id", [.get: look, .delete: cancel])
        add(to: router, "/tasks/:id/events", [.get: follow])
    }

    /// Every method of one path, so that a wrong one is told which are right.
    private func add(to router: Router<NodeContext>, _ path: String, _ handlers: [HTTPRequest.Method: Handler]) {
        for method in Self.methods {
            router.on(RouterPath(path), method: method) { request, context in
                guard let handler = handlers[method == .head ? .get : method] else {
                    let allowed = handlers.keys.map(\.rawValue) + (handlers[.get] == nil ? [] : ["HEAD"])
                    return TaskAnswer.wrongMethod(allowed: allowed.sorted().joined(separator: ", "), request, context)
                }
                try require(changes: method != .get && method != .head, context)
                let response = try await handler(request, context)
                return method == .head ? response.createHeadResponse() : response
            }
        }
    }

    private func require(changes: Bool, _ context: NodeContext) throws(AuroraError) {
        guard !context.principal.may(.mesh), changes || !context.principal.may(.read) else { return }
        throw AuroraError(
            .forbidden, "the token '\(context.principal.name)' does not have the scope 'mesh'",
            hint: "'aurora token create' makes one that has it")
    }

    private func submit(_ request: Request, _ context: NodeContext) async throws -> Response {
        let headers = TaskHeaders(
            idempotencyKey: request.headers[.idempotencyKey], session: request.headers[.auroraSession],
            traceparent: request.headers[.traceparent])
        let reader = TaskRequestReader(executors: service.executors, headers: headers, now: service.now())
        do {
            let submission = try reader.read(try await body(of: request))
            let added = try await service.add(submission.tasks)
            guard let wait = submission.wait, let only = added.first else { return TaskAnswer.receipts(added) }
            let task = try await service.wait(for: only.id, atMost: wait)
            return TaskAnswer.submitted(only, task)
        } catch let refusal as TaskRefusal {
            return TaskAnswer.refused(refusal, context)
        } catch let error as AuroraError where error.code == .overloaded {
            return TaskAnswer.full(error, context)
        }
    }

    private func body(of request: Request) async throws -> JSON {
        let bytes: ByteBuffer
        do {
            bytes = try await request.body.collect(upTo: Self.bodyLimit)
        } catch is NIOTooManyBytesError {
            throw AuroraError(
                .tooLarge, "the body has more than \(Self.bodyLimit) bytes", hint: "send a smaller payload, or smaller batches")
        }
        do {
            return try JSON(parsing: bytes)
        } catch {
            throw TaskRefusal(findings: [
                TaskFinding(
                    field: "", reason: "the body is not JSON: \(error)",
                    fix: "send {\"task_type\":\"llm_inference\",\"payload\":{\"message\":\"…\"}}")
            ])
        }
    }

    private func look(_ request: Request, _ context: NodeContext) async throws -> Response {
        let id = id(context)
        guard let task = try await service.store.task(id) else { throw Self.unknown(id) }
        return TaskAnswer.json(TaskView.whole(task, progress: service.board.log(id)?.snapshot))
    }

    private func cancel(_ request: Request, _ context: NodeContext) async throws -> Response {
        let id = id(context)
        guard let task = try await service.cancel(id) else { throw Self.unknown(id) }
        return TaskAnswer.json(TaskView.whole(task, progress: nil))
    }

    private func follow(_ request: Request, _ context: NodeContext) async throws -> Response {
        let id = id(context)
        guard try await service.store.task(id) != nil else { throw Self.unknown(id) }
        let seen = request.headers[.lastEventID]
        // A browser that connects again after the end stops for good when it is told that there is nothing.
        guard seen != TaskPlace.end else { return Response(status: .noContent) }
        return TaskEvents(service: service, id: id, place: seen.flatMap { TaskPlace($0) } ?? TaskPlace()).response
    }

    private func list(_ request: Request, states: [TaskState]?) async throws -> Response {
        let query = try TaskListQuery(request.uri.query, states: states).query
        let page = try await service.store.tasks(matching: query)
        let counts = try await service.counts()
        return TaskAnswer.json([
            "tasks": .array(page.items.map(TaskView.line)), "next": page.next.map(JSON.string) ?? .null, "counts": TaskView.counts(counts),
        ])
    }

    private func id(_ context: NodeContext) -> String {
        let raw = context.parameters.get("id") ?? ""
        return raw.removingPercentEncoding ?? raw
    }

    private static func unknown(_ id: String) -> AuroraError {
        AuroraError(
            .notFound, "there is no task '\(id.prefix(64))'",
            hint: "it may have been removed after 'tasks: keep'; GET /tasks lists what there is")
    }
}
