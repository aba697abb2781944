import AuroraModel
import AuroraSystem
import Foundation
import Testing

@testable import AuroraChat

struct ContextWindowTests {
    private func history(_ texts: String...) -> [Message] {
        texts.enumerated().map { place, text in
            Message(
                id: "\(place)", conversationID: "c", sequence: Int64(place), role: place % 2 == 0 ? .user : .assistant, content: text,
                createdAt: Date(timeIntervalSince1970: 0))
        }
    }

    private func total(_ turns: [ModelTurn]) -> Int { turns.map { ContextWindow.estimate($0.content) }.reduce(0, +) }

    @Test func keepsEverythingThatFits() {
        let turns = ContextWindow(tokens: nil, answer: nil).turns(system: "be kind", history: history("a", "b"), question: "c")
        #expect(turns.map(\.content) == ["be kind", "a", "b", "c"])
        #expect(turns.map(\.role) == [.system, .user, .assistant, .user])
    }

    @Test func leavesOutTheOldestTurnsAndNeverStartsWithAnAnswer() {
        let long = String(repeating: "x", count: 400)
        let window = ContextWindow(tokens: 1000, answer: 500)
        let turns = window.turns(system: "s", history: history(long, long, long, long, long, long), question: "q")
        #expect(turns.map(\.role) == [.system, .user, .assistant, .user, .assistant, .user])
        #expect(total(turns) <= window.budget)
        let odd = window.turns(system: "s", history: history(long, long, long, long, long), question: "q")
        #expect(odd.dropFirst().first?.role == .user)
    }

    @Test func aGapIsNeverLeftInTheMiddle() {
        let huge = String(repeating: "x", count: 10_000)
        let turns = ContextWindow(tokens: 1000, answer: 500).turns(system: "", history: history("old", "answer", huge, "ok"), question: "q")
        #expect(turns.map(\.content) == ["q"])
    }

    @Test func cutsAQuestionThatIsTooLongInTheMiddle() {
        let window = ContextWindow(tokens: 256, answer: 128)
        let question = "START" + String(repeating: "ü", count: 5000) + "END"
        let turns = window.turns(system: "be kind", history: [], question: question)
        #expect(turns.map(\.role) == [.system, .user])
        #expect(turns.last?.content.hasPrefix("START") == true)
        #expect(turns.last?.content.hasSuffix("END") == true)
        #expect(turns.last?.content.contains("bytes left out") == true)
        #expect(total(turns) <= window.budget)
    }

    @Test func aLongSystemPromptLeavesRoomForTheQuestion() {
        let window = ContextWindow(tokens: 256, answer: 128)
        let turns = window.turns(system: String(repeating: "s", count: 9000), history: [], question: String(repeating: "q", count: 9000))
        #expect(total(turns) <= window.budget)
        #expect((turns.last?.content.utf8.count ?? 0) > 100)
    }

    @Test func answersWithoutTextAreLeftOut() {
        let turns = ContextWindow(tokens: nil, answer: nil).turns(system: "", history: history("a", "", "b", "c"), question: "d")
        #expect(turns.map(\.content) == ["a", "b", "c", "d"])
    }

    @Test(arguments: [(Int.min, Int.max), (0, 0), (-5, -5), (Int.max, Int.min)])
    func survivesAbsurdSizes(_ tokens: Int, _ answer: Int) {
        let turns = ContextWindow(tokens: tokens, answer: answer).turns(system: "s", history: history("a", "b"), question: "q")
        #expect(turns.last?.role == .user)
    }
}

struct ConversationTitleTests {
    @Test(arguments: [
        ("Hello", "Hello"),
        ("  two\n\nlines\there ", "two lines here"),
        (
            "Please explain to me how a combustion engine works in simple words",
            "Please explain to me how a combustion engine works in…"
        ),
    ])
    func isOneShortLine(_ message: String, _ title: String) {
        #expect(ConversationTitle.title(from: message) == title)
    }

    @Test func neverGetsLongerThanItsLimit() {
        for message in [String(repeating: "x", count: 500), "a " + String(repeating: "x", count: 500), String(repeating: "世", count: 99)] {
            let title = ConversationTitle.title(from: message)
            #expect(title.count == ConversationTitle.longest)
            #expect(title.hasSuffix("…"))
        }
    }
}

struct StringBytesTests {
    @Test func cutsOnlyBetweenCharacters() {
        let text = "aü世👋"
        for offset in -2...20 { #expect(text.hasPrefix(String(text[..<text.scalarAligned(offset)]))) }
        #expect(String(text[..<text.scalarAligned(2)]) == "a")
        #expect(String(text[..<text.scalarAligned(3)]) == "aü")
        #expect(text.scalarAligned(.max) == text.endIndex)
    }
}
