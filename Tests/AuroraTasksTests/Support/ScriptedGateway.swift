import AuroraModel
import AuroraSystem
import AuroraTestSupport
import HTTPTypes
import NIOCore
import Synchronization

/// Stands where the gateway is: keeps what it was asked and answers what it is told, in turn; the last answer again and again.
final class ScriptedGateway: HTTPCalling {
    enum Step: Sendable {
        case status(Int, String, HTTPFields)
        /// A streamed answer; waits at the gate, if there is one, before its last piece.
        case stream([String], gate: ScriptedModel.Gate?, ends: Bool)
        case fail(AuroraError)
    }

    private struct State {
        var calls: [HTTPCall] = []
        var steps: [Step]
        var abandoned = 0
    }

    private let state: Mutex<State>

    init(_ steps: Step...) { state = Mutex(State(steps: steps)) }

    /// Calls for work; the list of models is not among them.
    var calls: [HTTPCall] { state.withLock { $0.calls } }
    /// Streams whose reader went away before their end.
    var abandoned: Int { state.withLock { $0.abandoned } }

    func call(_ call: HTTPCall) async throws -> HTTPReply {
        if call.url.hasSuffix("/v1/models") { return reply(200, #"{"data":[{"id":"first"},{"id":"second"}]}"#) }
        let step = state.withLock { state in
            state.calls.append(call)
            return state.steps.count > 1 ? state.steps.removeFirst() : state.steps.first
        }
        switch step {
        case .status(let status, let body, let headers): return reply(status, body, headers)
        case .fail(let error): throw error
        case .stream(let pieces, let gate, let ends): return stream(pieces, gate, ends)
        case nil: return reply(500, "{}")
        }
    }

    private func reply(_ status: Int, _ body: String, _ headers: HTTPFields = [:]) -> HTTPReply {
        let (stream, writer) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
        writer.yield(ByteBuffer(string: body))
        writer.finish()
        return HTTPReply(status: status, headers: headers.merging(Self.worker), body: stream)
    }

    private func stream(_ pieces: [String], _ gate: ScriptedModel.Gate?, _ ends: Bool) -> HTTPReply {
        let rest = Mutex((pieces.map { Self.event(["delta": $0]) } + (ends ? [Self.last] : []))[...])
        let body = AsyncThrowingStream<ByteBuffer, any Error> { [self] in
            let isLast = rest.withLock { $0.count == 1 }
            if isLast, let gate { await gate.pass() }
            guard !Task.isCancelled else {
                state.withLock { $0.abandoned += 1 }
                return nil
            }
            return rest.withLock { $0.popFirst() }.map { ByteBuffer(string: $0) }
        }
        return HTTPReply(status: 200, headers: Self.worker, body: body)
    }

    private static let worker: HTTPFields = HTTPField.Name("X-Aurora-Worker").map { [$0: "pod/ollama"] } ?? [:]

    private static func event(_ delta: [String: String]) -> String {
        #"data: {"model":"first","choices":[{"delta":{"content":"\#(delta["delta"] ?? "")"}}]}"# + "\n\n"
    }

    private static let last =
        #"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
        + #"data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}"# + "\n\ndata: [DONE]\n\n"
}

extension ScriptedGateway.Step {
    static func says(_ pieces: String...) -> Self { .stream(pieces, gate: nil, ends: true) }
    static func error(_ status: Int, _ message: String) -> Self { .status(status, #"{"error":{"message":"\#(message)"}}"#, [:]) }
}

extension HTTPFields {
    fileprivate func merging(_ other: HTTPFields) -> HTTPFields {
        var all = self
        for field in other { all[field.name] = field.value }
        return all
    }
}
