public import AuroraModel
public import AuroraSystem
import Synchronization

/// A model that says what it is told to say, when it is told to.
public final class ScriptedModel: LanguageModel {
    public enum Step: Sendable {
        case started(model: String, worker: String)
        case text(String)
        /// Waits until the gate is opened, or the listener goes away.
        case hold(Gate)
        case fail(AuroraError)
        /// Ends without a `finished`, as a broken connection does.
        case cut
        case finish(reason: String)
    }

    private struct State {
        var requests: [ModelRequest] = []
        var abandoned = 0
    }

    private let names: [String]
    private let script: @Sendable (ModelRequest) -> [Step]
    private let state = Mutex(State())

    public init(models: [String] = ["tiny"], script: @escaping @Sendable (ModelRequest) -> [Step]) {
        names = models
        self.script = script
    }

    /// Says the steps, whatever it is asked.
    public convenience init(_ steps: Step...) {
        self.init { _ in steps }
    }

    /// Answers at once with these pieces.
    public static func saying(_ pieces: String...) -> ScriptedModel {
        ScriptedModel { _ in [.started(model: "tiny", worker: "fake")] + pieces.map(Step.text) + [.finish(reason: "stop")] }
    }

    /// What was asked, in order.
    public var requests: [ModelRequest] { state.withLock { $0.requests } }
    /// Answers whose listener went away while the model waited at a gate.
    public var abandoned: Int { state.withLock { $0.abandoned } }

    public func models() async throws -> [String] { names }

    public func answer(_ request: ModelRequest) -> AsyncThrowingStream<ModelEvent, any Error> {
        state.withLock { $0.requests.append(request) }
        let steps = Steps(script(request))
        return AsyncThrowingStream { try await self.next(of: steps) }
    }

    private func next(of steps: Steps) async throws -> ModelEvent? {
        while let step = steps.next() {
            switch step {
            case .started(let model, let worker): return .started(model: model, worker: worker)
            case .text(let piece): return .text(piece)
            case .finish(let reason): return .finished(reason: reason, promptTokens: 3, completionTokens: 5)
            case .fail(let error): throw error
            case .cut: return nil
            case .hold(let gate):
                await gate.pass()
                guard !Task.isCancelled else {
                    state.withLock { $0.abandoned += 1 }
                    return nil
                }
            }
        }
        return nil
    }

    private final class Steps: Sendable {
        private let rest: Mutex<ArraySlice<Step>>
        init(_ steps: [Step]) { rest = Mutex(steps[...]) }
        func next() -> Step? { rest.withLock { $0.popFirst() } }
    }

    /// Holds whoever wants to pass until it is opened, once and for all.
    public final class Gate: Sendable {
        private struct State {
            var isOpen = false
            var next = 0
            var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        }

        private let state = Mutex(State())

        public init() {}

        public func open() {
            let waiting = state.withLock { state in
                state.isOpen = true
                defer { state.waiting = [:] }
                return state.waiting.values
            }
            for continuation in waiting { continuation.resume() }
        }

        /// Returns when the gate is open or the task is cancelled.
        public func pass() async {
            let id = state.withLock { state in
                state.next += 1
                return state.next
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    let passes = state.withLock { state in
                        guard !state.isOpen, !Task.isCancelled else { return true }
                        state.waiting[id] = continuation
                        return false
                    }
                    if passes { continuation.resume() }
                }
            } onCancel: {
                state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
            }
        }
    }
}
