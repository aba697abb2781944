import AuroraModel
import AuroraSystem
import Foundation
import Testing

extension ConversationStoreConformance {
    static let conversations: [Case] = [
        Case("keeps a conversation exactly as it was given, to the microsecond") { store async throws in
            let conversation = Conversation(
                id: "c", title: "Grüße 👋\u{FE0F}", personality: nil, clientID: "page 1", createdAt: .sample(0.123456),
                updatedAt: .sample(1.000001))
            try await store.create(conversation)
            #expect(try await store.conversation("c") == conversation)
        },
        Case("knows nothing of a conversation that was never created") { store async throws in
            #expect(try await store.conversation("nobody") == nil)
            #expect(try await store.update("nobody", ConversationChange(title: "x"), at: .sample()) == nil)
            #expect(try await store.delete("nobody") == false)
        },
        Case("refuses a second conversation of the same id and keeps the first") { store async throws in
            try await store.create(.sample("c", title: "first"))
            await expectError(.conflict) { try await store.create(.sample("c", title: "second")) }
            #expect(try await store.conversation("c")?.title == "first")
        },
        Case("refuses a time that no calendar has") { store async throws in
            let never = Conversation(id: "c", createdAt: Date(timeIntervalSince1970: .infinity), updatedAt: .sample())
            await expectError(.invalid) { try await store.create(never) }
            #expect(try await store.conversation("c") == nil)
        },
        Case("changes only what the change names") { store async throws in
            try await store.create(.sample("c", title: "old"))
            let changed = try await store.update("c", ConversationChange(title: "new"), at: .sample(5))
            #expect(changed?.title == "new")
            #expect(changed?.personality == "robbie")
            #expect(changed?.updatedAt == .sample(5))
            #expect(try await store.conversation("c") == changed)
        },
        Case("never moves a conversation back in time") { store async throws in
            try await store.create(.sample("c", at: 10))
            _ = try await store.update("c", ConversationChange(title: "late news"), at: .sample(3))
            _ = try await store.append(.sample("m", at: 4))
            #expect(try await store.conversation("c")?.updatedAt == .sample(10))
        },
        Case("deletes a conversation together with its messages") { store async throws in
            try await store.create(.sample("c"))
            _ = try await store.append(.sample("m"))
            #expect(try await store.delete("c"))
            #expect(try await store.message("m") == nil)
            #expect(try await store.messages(of: "c", after: 0, limit: 10).items.isEmpty)
            #expect(try await store.delete("c") == false)
        },
        Case("starts anew under the id of a deleted conversation") { store async throws in
            try await store.create(.sample("c"))
            _ = try await store.append(.sample("m", "secret words"))
            _ = try await store.delete("c")
            try await store.create(.sample("c"))
            #expect(try await store.append(.sample("m", "other words")).sequence == 1)
            #expect(try await store.conversations(matching: ConversationQuery(search: "secret")).items.isEmpty)
        },
        Case("does not cut a text at U+0000, nor find one id by another that has it inside") { store async throws in
            try await store.create(.sample("c", title: "before\0after"))
            try await store.create(.sample("c\0d"))
            #expect(try await store.conversation("c")?.title == "before\u{FFFD}after")
            #expect(try await store.conversation("c\0x") == nil)
            let message = try await store.append(.sample("m", "a\0\u{301}b"))
            #expect(message.content == "a\u{FFFD}\u{301}b")
            #expect(try await store.message("m") == message)
        },
    ]

    static let listing: [Case] = [
        Case("lists the newest first, and by id where times are equal") { store async throws in
            for (id, seconds) in [("a", 1.0), ("b", 3), ("c", 2), ("d", 2)] { try await store.create(.sample(id, at: seconds)) }
            #expect(try await ids(store, ConversationQuery()) == ["b", "d", "c", "a"])
        },
        Case("moves a conversation to the front when a message arrives") { store async throws in
            try await store.create(.sample("a", at: 1))
            try await store.create(.sample("b", at: 2))
            _ = try await store.append(.sample("m", in: "a", at: 3))
            #expect(try await ids(store, ConversationQuery()) == ["a", "b"])
        },
        Case("lists only the conversations of the client that was asked for") { store async throws in
            try await store.create(.sample("a", client: "page"))
            try await store.create(.sample("b", client: "phone"))
            try await store.create(.sample("c"))
            #expect(try await ids(store, ConversationQuery(clientID: "page")) == ["a"])
            #expect(try await ids(store, ConversationQuery(clientID: "%")) == [])
        },
        Case("pages without gap or repetition while conversations come and go") { store async throws in
            for number in 0..<10 { try await store.create(.sample("c\(number)", at: Double(number / 2))) }
            var seen: [String] = []
            var before: String?
            repeat {
                let page = try await store.conversations(matching: ConversationQuery(before: before, limit: 3))
                seen += page.items.map(\.id)
                before = page.next
                try await store.create(.sample("new\(seen.count)", at: 100))
                _ = try await store.delete(seen[seen.count - 1])
            } while before != nil
            #expect(seen == (0..<10).reversed().map { "c\($0)" })
        },
        Case("gives no next page when the last one is just full") { store async throws in
            for number in 0..<4 { try await store.create(.sample("c\(number)")) }
            let first = try await store.conversations(matching: ConversationQuery(limit: 2))
            let second = try await store.conversations(matching: ConversationQuery(before: first.next, limit: 2))
            #expect(first.next != nil)
            #expect(second.items.count == 2)
            #expect(second.next == nil)
        },
        Case("pages over ids of any text") { store async throws in
            let odd = ["\u{301}", "", "a.b", "+/=?&", "日本", "'; DROP TABLE conversation; --"]
            for id in odd { try await store.create(.sample(id)) }
            var seen: Set<String> = []
            var before: String?
            repeat {
                let page = try await store.conversations(matching: ConversationQuery(before: before, limit: 1))
                seen.formUnion(page.items.map(\.id))
                before = page.next
            } while before != nil
            #expect(seen == Set(odd))
        },
        Case("refuses a page mark that it never gave") { store async throws in
            for garbage in ["", "x", "!!!!", "====", "MTIz", "4pyT", String(repeating: "A", count: 10_000), "Li4u", "\0", "é"] {
                await expectError(.invalid) { _ = try await store.conversations(matching: ConversationQuery(before: garbage)) }
            }
        },
        Case("refuses a page of nothing and gives at most 1000 of a page without bounds") { store async throws in
            try await store.create(.sample("c"))
            for limit in [0, -1, .min] {
                await expectError(.invalid) { _ = try await store.conversations(matching: ConversationQuery(limit: limit)) }
                await expectError(.invalid) { _ = try await store.messages(of: "c", after: 0, limit: limit) }
            }
            #expect(try await ids(store, ConversationQuery(limit: .max)) == ["c"])
        },
    ]

    static func ids(_ store: any ConversationStore, _ query: ConversationQuery) async throws -> [String] {
        try await store.conversations(matching: query).items.map(\.id)
    }
}
