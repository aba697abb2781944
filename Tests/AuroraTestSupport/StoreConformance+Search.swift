import AuroraModel
import AuroraSystem
import Testing

extension ConversationStoreConformance {
    static let search: [Case] = [
        Case("finds words of titles and of messages, in any case and inside other words") { store async throws in
            try await store.create(.sample("title", title: "Pizza in Zürich", at: 1))
            try await store.create(.sample("text", at: 2))
            _ = try await store.append(.sample("m", in: "text", "The best PIZZERIA, says ÉMILE", at: 2))
            try await store.create(.sample("other", title: "Pasta", at: 3))
            #expect(try await found(store, "pizz") == ["text", "title"])
            #expect(try await found(store, "ZÜRICH") == ["title"])
            #expect(try await found(store, "émile") == ["text"])
            #expect(try await found(store, "pizza zürich") == ["title"])
            #expect(try await found(store, "pizza pasta") == [])
        },
        Case("finds words of one and two characters") { store async throws in
            try await store.create(.sample("a", title: "C++ and Go"))
            try await store.create(.sample("b", title: "東京の天気"))
            try await store.create(.sample("c", title: "100% sure"))
            #expect(try await found(store, "go") == ["a"])
            #expect(try await found(store, "c++ go") == ["a"])
            #expect(try await found(store, "天気") == ["b"])
            #expect(try await found(store, "%") == ["c"])
            #expect(try await found(store, "_") == [])
        },
        Case("searches everything when the search text is blank") { store async throws in
            try await store.create(.sample("a"))
            #expect(try await found(store, "") == ["a"])
            #expect(try await found(store, " \n\t") == ["a"])
        },
        Case("takes every text as text and never as syntax") { store async throws in
            let odd = [
                "\"", "\"\"\"", "'; DROP TABLE message; --", "a OR b", "NOT x", "NEAR(a b)", "title:x", "col*", "^start", "(((", "-minus",
                "{a}",
                "\\", "\\%", "\"\u{301}abc", "%\u{301}", "abc\0def", "\u{FFFF}\u{10FFFF}", "AND", "AND AND", "*", "👩‍👩‍👧‍👦",
            ]
            for (number, text) in odd.enumerated() { try await store.create(.sample("c\(number)", title: "<\(text)>")) }
            for (number, text) in odd.enumerated() {
                #expect(try await found(store, text).contains("c\(number)"), "search for \(text)")
            }
        },
        Case("refuses a search without measure") { store async throws in
            let many = String(repeating: "word ", count: 100)
            await expectError(.invalid) { _ = try await found(store, many) }
            let long = String(repeating: "x", count: 100_000)
            await expectError(.invalid) { _ = try await found(store, long) }
        },
        Case("finds an answer once it is complete, and its last words only") { store async throws in
            try await store.create(.sample("c"))
            _ = try await store.append(question: .sample("q"), answer: .growing("a"))
            try await store.write(AnswerProgress(messageID: "a", content: "draft words", state: .growing))
            try await store.write(AnswerProgress(messageID: "a", content: "final words", state: .complete))
            #expect(try await found(store, "final") == ["c"])
            #expect(try await found(store, "draft") == [])
        },
        Case("finds an answer that was interrupted") { store async throws in
            try await store.create(.sample("c"))
            _ = try await store.append(.growing("a"))
            try await store.write(AnswerProgress(messageID: "a", content: "unfinished thought", state: .growing))
            _ = try await store.interruptGrowing()
            #expect(try await found(store, "thought") == ["c"])
        },
        Case("forgets old titles and deleted messages") { store async throws in
            try await store.create(.sample("a", title: "ancient"))
            _ = try await store.update("a", ConversationChange(title: "modern"), at: .sample(1))
            try await store.create(.sample("b"))
            _ = try await store.append(.sample("m", in: "b", "forgotten"))
            _ = try await store.append(.growing("g", in: "b"))
            _ = try await store.delete("b")
            #expect(try await found(store, "ancient") == [])
            #expect(try await found(store, "modern") == ["a"])
            #expect(try await found(store, "forgotten") == [])
        },
        Case("pages through what it found, within one client") { store async throws in
            for number in 0..<5 { try await store.create(.sample("c\(number)", title: "topic", client: "page", at: Double(number))) }
            try await store.create(.sample("x", title: "topic", client: "phone", at: 9))
            var query = ConversationQuery(clientID: "page", search: "topic", limit: 2)
            var seen: [String] = []
            repeat {
                let page = try await store.conversations(matching: query)
                seen += page.items.map(\.id)
                query.before = page.next
            } while query.before != nil
            #expect(seen == ["c4", "c3", "c2", "c1", "c0"])
        },
    ]

    private static func found(_ store: any ConversationStore, _ text: String) async throws -> [String] {
        try await ids(store, ConversationQuery(search: text))
    }
}
