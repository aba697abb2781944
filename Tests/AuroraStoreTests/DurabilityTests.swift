import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraStore

/// What is on disk at the moment a call returns is all that a killed process leaves behind: the tests copy it then and open the copy.
@Suite struct DurabilityTests {
    @Test func everyAcknowledgedMessageIsInTheFilesAtThatMoment() async throws {
        let scratch = try ScratchFolder()
        let store = try SQLiteStore.open(path: scratch.database)
        try await store.create(.sample("c"))
        for number in 1...20 {
            let message = try await store.append(.sample("m\(number)", "text \(number)"))
            let copy = try SQLiteStore.open(path: try copy(scratch, to: "after-\(number)"))
            #expect(try await copy.message("m\(number)") == message)
            #expect(try await copy.conversation("c")?.messageCount == number)
            #expect(try await copy.integrityProblems() == [])
            copy.close()
        }
    }

    @Test func theWritingConnectionSyncsEachCommit() async throws {
        let scratch = try ScratchFolder()
        let store = try SQLiteStore.open(path: scratch.database)
        #expect(try await store.setting("journal_mode") == "wal")
        #expect(try await store.setting("synchronous") == "2")
        #expect(try await store.setting("foreign_keys") == "1")
        #expect(try await store.setting("busy_timeout") == "5000")
    }

    @Test func anAnswerKilledWhileItGrewIsThereAsFarAsItWasWritten() async throws {
        let scratch = try ScratchFolder()
        let store = try SQLiteStore.open(path: scratch.database)
        try await store.create(.sample("c"))
        _ = try await store.append(question: .sample("q"), answer: .growing("a"))
        try await store.write(AnswerProgress(messageID: "a", content: "so far", state: .growing))
        let copy = try SQLiteStore.open(path: try copy(scratch, to: "after-kill"))
        #expect(try await copy.interruptGrowing() == 1)
        #expect(try await copy.message("a")?.content == "so far")
        #expect(try await copy.message("a")?.state == .interrupted)
    }

    @Test func aLogCutInTheMiddleOfATransactionLosesThatTransactionOnly() async throws {
        let scratch = try ScratchFolder()
        let store = try SQLiteStore.open(path: scratch.database)
        try await store.create(.sample("c"))
        _ = try await store.append(.sample("kept"))
        _ = try await store.append(question: .sample("cut"), answer: .growing("cut answer"))
        let path = try copy(scratch, to: "cut")
        let log = try #require(FileHandle(forUpdatingAtPath: path + "-wal"))
        try log.truncate(atOffset: try log.seekToEnd() - 100)
        let copy = try SQLiteStore.open(path: path)
        #expect(try await copy.messages(of: "c", after: 0, limit: 9).items.map(\.id) == ["kept"])
        #expect(try await copy.conversation("c")?.messageCount == 1)
        #expect(try await copy.integrityProblems() == [])
    }

    @Test func everythingIsThereAfterClosingAndOpeningAgain() async throws {
        let scratch = try ScratchFolder()
        let first = try SQLiteStore.open(path: scratch.database)
        try await first.create(.sample("c", title: "kept words"))
        first.close()
        let second = try SQLiteStore.open(path: scratch.database)
        #expect(try await second.conversations(matching: ConversationQuery(search: "kept")).items == [.sample("c", title: "kept words")])
    }

    @Test func aClosedStoreSaysSo() async throws {
        let scratch = try ScratchFolder()
        let store = try SQLiteStore.open(path: scratch.database)
        store.close()
        store.close()
        let error = await #expect(throws: AuroraError.self) { try await store.create(.sample("c")) }
        #expect(error?.code == .unavailable)
        #expect(error?.message == "the state database '\(scratch.database)' is closed")
    }

    @Test func aCancelledCallStoresNothing() async throws {
        let store = try SQLiteStore.inMemory()
        let cancelled = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            try await store.create(.sample("c"))
        }
        await #expect(throws: CancellationError.self) { try await cancelled.value }
        #expect(try await store.conversation("c") == nil)
    }

    private func copy(_ scratch: ScratchFolder, to name: String) throws -> String {
        let folder = scratch.path + "/" + name
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for suffix in ["", "-wal"] {
            try FileManager.default.copyItem(atPath: scratch.database + suffix, toPath: folder + "/aurora.db" + suffix)
        }
        return folder + "/aurora.db"
    }
}
