import AuroraChat
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Logging
import Testing

let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// A chat service with its parts in hand.
struct RunningChat: Sendable {
    let service: ChatService
    let store: MemoryConversationStore
    let model: ScriptedModel

    static func make(
        _ model: ScriptedModel, store: MemoryConversationStore = MemoryConversationStore(), limits: ChatLimits = ChatLimits(),
        personalities: PersonalityLibrary? = nil, clock: any Clock<Duration> = ContinuousClock()
    ) -> RunningChat {
        let service = ChatService(
            store: store, model: model, personalities: personalities ?? PersonalityLibrary(logger: quiet), node: "lead", limits: limits,
            logger: quiet, clock: clock, now: { Date(timeIntervalSince1970: 1_790_000_000.25) })
        return RunningChat(service: service, store: store, model: model)
    }

    /// Runs the service while `body` runs, then cancels it, as a node does whose time to stop is over.
    func running<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await service.run() }
            try await eventually("the service starts") { service.isReady }
            let value = try await body()
            group.cancelAll()
            return value
        }
    }
}

extension AnswerHandle {
    /// All events to the end.
    func all() async -> [AnswerEvent] {
        var all: [AnswerEvent] = []
        for await event in events { all.append(event) }
        return all
    }
}

extension [AnswerEvent] {
    var text: String {
        reduce(into: "") { text, event in
            if case .text(let piece, _) = event { text += piece }
        }
    }

    var done: FinishedAnswer? {
        if case .done(let answer) = last { answer } else { nil }
    }

    var failure: AuroraError? {
        if case .failed(let error) = last { error } else { nil }
    }
}
