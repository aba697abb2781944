public import AuroraModel
public import AuroraSystem
public import Foundation
public import Testing

/// One behaviour that every store of a kind must show, whatever database is under it. The store given to `run` is new and empty.
public struct StoreCase<Store: Sendable>: Sendable, CustomTestStringConvertible {
    public let name: String
    public let run: @Sendable (Store) async throws -> Void

    public var testDescription: String { name }

    init(_ name: String, _ run: @escaping @Sendable (Store) async throws -> Void) {
        self.name = name
        self.run = run
    }
}

/// What a conversation store must do. In a test target: `@Test(arguments: ConversationStoreConformance.cases)`, then `run` on a new store.
public enum ConversationStoreConformance {
    public typealias Case = StoreCase<any ConversationStore>

    public static var cases: [Case] { conversations + listing + messages + answers + search }
}

extension Date {
    /// A fixed day, so that expectations can be written down, plus some seconds.
    public static func sample(_ seconds: Double = 0) -> Date { Date(timeIntervalSince1970: 1_790_000_000 + seconds) }
}

extension Conversation {
    public static func sample(_ id: String, title: String? = nil, client: String? = nil, at seconds: Double = 0) -> Conversation {
        Conversation(
            id: id, title: title, personality: "robbie", clientID: client, createdAt: .sample(seconds), updatedAt: .sample(seconds))
    }
}

extension NewMessage {
    public static func sample(
        _ id: String, in conversation: String = "c", role: MessageRole = .user, _ content: String = "hello",
        state: MessageState = .complete, at seconds: Double = 1
    ) -> NewMessage {
        NewMessage(id: id, conversationID: conversation, role: role, content: content, state: state, createdAt: .sample(seconds))
    }

    public static func growing(_ id: String, in conversation: String = "c") -> NewMessage {
        sample(id, in: conversation, role: .assistant, "", state: .growing)
    }
}

/// Expects an `AuroraError` of this code, with a hint.
func expectError(
    _ code: AuroraError.Code, sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
    let error = await #expect(throws: AuroraError.self, sourceLocation: sourceLocation) { try await body() }
    #expect(error?.code == code, sourceLocation: sourceLocation)
    #expect(error?.hint?.isEmpty == false, sourceLocation: sourceLocation)
}
