import AuroraModel
import AuroraSystem
import Foundation
import Testing

extension ConversationStoreConformance {
    static let messages: [Case] = [
        Case("numbers messages from one and returns each as it is stored") { store async throws in
            try await store.create(.sample("c"))
            for number in 1...3 {
                let message = try await store.append(.sample("m\(number)", "text \(number)", at: Double(number)))
                #expect(message.sequence == Int64(number))
                #expect(try await store.message("m\(number)") == message)
            }
            #expect(try await store.conversation("c")?.messageCount == 3)
        },
        Case("numbers the messages of each conversation on their own") { store async throws in
            try await store.create(.sample("a"))
            try await store.create(.sample("b"))
            _ = try await store.append(.sample("m1", in: "a"))
            #expect(try await store.append(.sample("m2", in: "b")).sequence == 1)
        },
        Case("refuses a message for a conversation that is gone") { store async throws in
            await expectError(.notFound) { _ = try await store.append(.sample("m", in: "gone")) }
            #expect(try await store.message("m") == nil)
        },
        Case("refuses a message id twice, without a gap in the numbers") { store async throws in
            try await store.create(.sample("c"))
            _ = try await store.append(.sample("m1"))
            await expectError(.conflict) { _ = try await store.append(.sample("m1", "again")) }
            #expect(try await store.append(.sample("m2")).sequence == 2)
            #expect(try await store.message("m1")?.content == "hello")
        },
        Case("gives a hundred messages at once a hundred numbers") { store async throws in
            try await store.create(.sample("c"))
            let numbers = try await withThrowingTaskGroup(of: Int64.self) { group in
                for number in 0..<100 { group.addTask { try await store.append(.sample("m\(number)")).sequence } }
                return try await group.reduce(into: Set<Int64>()) { $0.insert($1) }
            }
            #expect(numbers == Set(1...100))
            #expect(try await store.messages(of: "c", after: 0, limit: 200).items.map(\.sequence) == Array(1...100))
        },
        Case("keeps question and answer side by side when many are asked at once") { store async throws in
            try await store.create(.sample("c"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<25 {
                    group.addTask {
                        let pair = try await store.append(question: .sample("q\(number)"), answer: .growing("a\(number)"))
                        #expect(pair.answer.sequence == pair.question.sequence + 1)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await store.conversation("c")?.messageCount == 50)
        },
        Case("stores neither question nor answer when one of them can not be") { store async throws in
            try await store.create(.sample("c"))
            try await store.create(.sample("d"))
            _ = try await store.append(.sample("taken"))
            await expectError(.conflict) { _ = try await store.append(question: .sample("q"), answer: .growing("taken")) }
            await expectError(.invalid) { _ = try await store.append(question: .sample("q"), answer: .growing("a", in: "d")) }
            #expect(try await store.message("q") == nil)
            #expect(try await store.conversation("c")?.messageCount == 1)
        },
        Case("pages messages oldest first") { store async throws in
            try await store.create(.sample("c"))
            for number in 1...5 { _ = try await store.append(.sample("m\(number)")) }
            let first = try await store.messages(of: "c", after: 0, limit: 3)
            #expect(first.items.map(\.id) == ["m1", "m2", "m3"])
            #expect(first.next == "3")
            let second = try await store.messages(of: "c", after: 3, limit: 3)
            #expect(second.items.map(\.id) == ["m4", "m5"])
            #expect(second.next == nil)
            #expect(try await store.messages(of: "c", after: .max, limit: .max).items.isEmpty)
        },
        Case("gives the newest messages, oldest of them first") { store async throws in
            try await store.create(.sample("c"))
            for number in 1...5 { _ = try await store.append(.sample("m\(number)")) }
            #expect(try await store.lastMessages(of: "c", limit: 2).map(\.id) == ["m4", "m5"])
            #expect(try await store.lastMessages(of: "c", limit: .max).count == 5)
            #expect(try await store.lastMessages(of: "c", limit: 0).isEmpty)
            #expect(try await store.lastMessages(of: "gone", limit: 5).isEmpty)
        },
    ]

    static let answers: [Case] = [
        Case("replaces a growing answer until it is complete") { store async throws in
            try await store.create(.sample("c"))
            let pair = try await store.append(question: .sample("q"), answer: .growing("a"))
            #expect(pair.answer.state == .growing)
            #expect(try await store.write(AnswerProgress(messageID: "a", content: "Hel", state: .growing, model: "m", node: "n")))
            #expect(try await store.write(AnswerProgress(messageID: "a", content: "Hello", state: .complete)))
            let answer = try #require(try await store.message("a"))
            #expect((answer.content, answer.state) == ("Hello", .complete))
            #expect(answer.model == "m")
            #expect(answer.node == "n")
        },
        Case("does not let a late write change a final answer") { store async throws in
            try await store.create(.sample("c"))
            _ = try await store.append(question: .sample("q"), answer: .growing("a"))
            for final in [MessageState.failed, .complete, .interrupted] {
                _ = try await store.append(.growing("a \(final)"))
                try await store.write(AnswerProgress(messageID: "a \(final)", content: "end", state: final, error: "why"))
                #expect(try await store.write(AnswerProgress(messageID: "a \(final)", content: "late", state: .growing)) == false)
                let answer = try await store.message("a \(final)")
                #expect(answer?.content == "end")
                #expect(answer?.state == final)
                #expect(answer?.error == "why")
            }
        },
        Case("says that an answer is gone when its conversation was deleted while it grew") { store async throws in
            try await store.create(.sample("c"))
            _ = try await store.append(question: .sample("q"), answer: .growing("a"))
            _ = try await store.delete("c")
            #expect(try await store.write(AnswerProgress(messageID: "a", content: "x", state: .complete)) == false)
        },
        Case("marks what was growing as interrupted, and keeps what had been written") { store async throws in
            try await store.create(.sample("c"))
            for number in 1...3 { _ = try await store.append(.growing("a\(number)")) }
            try await store.write(AnswerProgress(messageID: "a1", content: "whole", state: .complete))
            try await store.write(AnswerProgress(messageID: "a2", content: "ha", state: .growing))
            #expect(try await store.interruptGrowing() == 2)
            #expect(try await store.message("a1")?.state == .complete)
            #expect(try await store.message("a2")?.state == .interrupted)
            #expect(try await store.message("a2")?.content == "ha")
            #expect(try await store.interruptGrowing() == 0)
        },
    ]
}
