import AuroraDialects
import AuroraHTTP
public import AuroraModel
public import AuroraSystem
import HTTPTypes
import NIOCore

/// The gateway as tasks use it: asked over HTTP like any other client, so that routing, limits and metrics hold for tasks too.
public struct TaskGateway: Sendable {
    let url: String
    let token: Secret
    let http: any HTTPCalling
    let patience: Duration
    let node: String
    let nodes: @Sendable () -> [NodeReport]

    /// - Parameters:
    ///   - url: the gateway's base URL.
    ///   - token: the node's own, sent with every call.
    ///   - patience: until an answer begins, and for each silence within it.
    ///   - node: the name of this node.
    ///   - nodes: what every node of the mesh tells of its hardware now, this one included.
    public init(
        url: String, token: Secret, http: any HTTPCalling, patience: Duration = .seconds(330), node: String,
        nodes: @escaping @Sendable () -> [NodeReport]
    ) {
        self.url = url
        self.token = token
        self.http = http
        self.patience = patience
        self.node = node
        self.nodes = nodes
    }

    /// An answer that began well, and who gives it.
    struct Answer {
        let body: AsyncThrowingStream<ByteBuffer, any Error>
        let worker: String
        let node: String

        /// Reads it. The work had begun, so what breaks now is a failed attempt, whatever became of the connection.
        func reading<Value>(_ read: () async throws -> Value) async throws -> Value {
            do {
                let value = try await read()
                try Task.checkCancellation()
                return value
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                let failure = TaskError(error)
                throw TaskError(failure.kind == .request ? .request : .attempt, failure.message, node: node, worker: worker)
            }
        }
    }

    /// The wanted model, or the first that is ready.
    func model(_ wanted: String?) async throws -> String {
        if let wanted { return wanted }
        let reply = try await http.call(HTTPCall(.get, url + "/v1/models", headers: [.authorization: "Bearer \(token.reveal())"]))
        guard reply.status == 200 else { throw try await failure(of: reply) }
        let list = try JSON(parsing: try await reply.collect(upTo: 8 << 20))
        guard let first = list["data"]?.array?.compactMap({ $0["id"]?.string }).first else {
            throw TaskError(.unavailable, "no model is ready")
        }
        return first
    }

    /// Throws `TaskError` for any answer but 200.
    func post(_ path: String, _ body: JSON, model: String, for task: TaskSummary) async throws -> Answer {
        let reply = try await http.call(
            HTTPCall(
                .post, url + path, headers: try headers(model: model, for: task), body: body.bytes, headTimeout: patience,
                idleTimeout: patience))
        guard reply.status == 200 else { throw try await failure(of: reply) }
        let worker = reply.headers[.auroraWorker] ?? ""
        return Answer(body: reply.body, worker: worker, node: node(of: reply, worker))
    }

    private func headers(model: String, for task: TaskSummary) throws(TaskError) -> HTTPFields {
        var headers: HTTPFields = [
            .authorization: "Bearer \(token.reveal())", .contentType: "application/json", .auroraPriority: "\(task.priority)",
            .xRequestID: task.id,
        ]
        headers[.traceparent] = task.traceparent
        headers[.auroraSession] = task.session
        headers[.auroraWorker] = task.requirements.worker
        headers[.auroraNode] = try TaskPlacement.node(for: task.requirements, model: model, among: nodes())
        return headers
    }

    /// Workers of other nodes are called `node/engine`.
    private func node(of reply: HTTPReply, _ worker: String) -> String {
        if let told = reply.headers[.auroraNode] { return told }
        return worker.contains("/") ? String(worker.prefix { $0 != "/" }) : node
    }

    private func failure(of reply: HTTPReply) async throws -> TaskError {
        let body = try await reply.collect(upTo: 65_536)
        let worker = reply.headers[.auroraWorker]
        let message = (try? JSON(parsing: body))?["error"]?["message"]?.string ?? "the gateway answered \(reply.status)"
        let kind: TaskError.Kind =
            switch reply.status {
            case 404: .unknownModel
            case 400, 401, 403, 413, 422: .request
            case 429, 503: .unavailable
            default: .attempt
            }
        let wait = reply.headers[.retryAfter].flatMap { Int($0) }.map { Duration.seconds(min(max($0, 0), 3600)) }
        return TaskError(kind, message, node: node(of: reply, worker ?? ""), worker: worker, retryAfter: wait)
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key") ?? .server
    static let idempotentReplayed = HTTPField.Name("Idempotent-Replayed") ?? .server
    static let lastEventID = HTTPField.Name("Last-Event-ID") ?? .server
    static let traceparent = HTTPField.Name("traceparent") ?? .server
}
