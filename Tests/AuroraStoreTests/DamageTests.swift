import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraStore

/// Files and disks that are not as they should be: an error that helps, never a crash, never half a change.
@Suite struct DamageTests {
    @Test(arguments: [
        Data("hello, I am a text file and no database at all".utf8), Data(repeating: 0xFF, count: 100_000), Data([0, 1]),
        Data("SQLite format 3\0".utf8), Data("SQLite format 3\0".utf8) + Data(repeating: 0x41, count: 8_000),
    ])
    func aFileThatIsNoDatabaseIsRefusedAndKept(_ garbage: Data) throws {
        let scratch = try ScratchFolder()
        try garbage.write(to: URL(fileURLWithPath: scratch.database))
        let error = #expect(throws: AuroraError.self) { try SQLiteStore.open(path: scratch.database) }
        #expect(error?.code == .failed)
        #expect(error?.message == "'\(scratch.database)' is not a SQLite database")
        #expect(error?.hint != nil)
        #expect(FileManager.default.contents(atPath: scratch.database) == garbage)
    }

    @Test(arguments: [0.1, 0.3, 0.5, 0.7, 0.9])
    func aTruncatedDatabaseIsFoundOut(_ share: Double) async throws {
        let scratch = try ScratchFolder()
        try await fill(scratch.database, messages: 50)
        let whole = try #require(FileManager.default.contents(atPath: scratch.database))
        try whole.prefix(Int(Double(whole.count) * share)).write(to: URL(fileURLWithPath: scratch.database))
        await expectOnlyHelpfulErrors(scratch.database, atLeastOne: true)
    }

    @Test(arguments: 0..<40)
    func flippedBytesNeverCrash(_ seed: Int) async throws {
        let scratch = try ScratchFolder()
        try await fill(scratch.database, messages: 10)
        var bytes = try #require(FileManager.default.contents(atPath: scratch.database))
        var random = SplitMix(state: UInt64(seed))
        for _ in 0..<50 { bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next()) }
        try bytes.write(to: URL(fileURLWithPath: scratch.database))
        await expectOnlyHelpfulErrors(scratch.database, atLeastOne: false)
    }

    @Test func aRowThatDoesNotFitIsAnErrorAndNotACrash() async throws {
        let scratch = try ScratchFolder()
        try await fill(scratch.database, messages: 1)
        try RawSQLite.run(
            "PRAGMA ignore_check_constraints = 1; UPDATE message SET role = 'wizard' WHERE state = 'complete'", on: scratch.database)
        let store = try SQLiteStore.open(path: scratch.database)
        let error = await #expect(throws: AuroraError.self) { _ = try await store.messages(of: "c", after: 0, limit: 9) }
        #expect(error?.message == "the state database '\(scratch.database)' is damaged: a row does not fit the schema")
    }

    @Test func aReadOnlyDatabaseSaysWhatToDo() async throws {
        let scratch = try ScratchFolder()
        try await fill(scratch.database, messages: 1)
        // A write version from the future makes the file read-only for SQLite, for root too.
        let file = try #require(FileHandle(forUpdatingAtPath: scratch.database))
        try file.seek(toOffset: 18)
        try file.write(contentsOf: Data([3]))
        try file.close()
        let error = await #expect(throws: AuroraError.self) {
            try await SQLiteStore.open(path: scratch.database).create(.sample("d"))
        }
        #expect(error?.code == .failed)
        #expect(error?.message.hasPrefix("can not write the state database '\(scratch.database)'") == true)
        #expect(error?.hint?.contains("writable") == true)
    }

    @Test(arguments: ["/dev/null/aurora/aurora.db", "/dev/null"])
    func aPlaceWhereNoFileCanBeIsRefused(_ path: String) {
        let error = #expect(throws: AuroraError.self) { try SQLiteStore.open(path: path) }
        #expect(error?.message.contains("/dev/null") == true)
        #expect(error?.hint != nil)
    }

    @Test func aFullDiskKeepsWhatWasAcknowledgedAndNoHalfOfAnythingElse() async throws {
        let scratch = try ScratchFolder()
        let store = try SQLiteStore.open(path: scratch.database, maximumPages: 100)
        try await store.create(.sample("c"))
        var acknowledged = 0
        let text = String(repeating: "words of a long message ", count: 200)
        let error = await #expect(throws: AuroraError.self) {
            for number in 0..<1_000 {
                _ = try await store.append(question: .sample("q\(number)", text), answer: .growing("a\(number)"))
                acknowledged += 1
            }
        }
        #expect(error?.code == .unavailable)
        #expect(error?.message == "no space left for the state database '\(scratch.database)'")
        #expect(acknowledged > 0)
        #expect(try await store.conversation("c")?.messageCount == acknowledged * 2)
        #expect(try await store.lastMessages(of: "c", limit: .max).count == acknowledged * 2)
        #expect(try await store.integrityProblems() == [])

        #expect(try await store.delete("c"))
        try await store.create(.sample("d"))
        #expect(try await store.append(.sample("m", in: "d", text)).sequence == 1)
    }

    @Test func aDatabaseThatAnotherProgramHoldsSaysSo() {
        let error = StoreFailure.describe(code: 5, detail: "database is locked", path: "/x/aurora.db")
        #expect(error.code == .unavailable)
        #expect(error.message == "another program holds the state database '/x/aurora.db'")
    }

    @Test(arguments: Int32(1)...101)
    func everyResultCodeHasAHint(_ code: Int32) {
        for extended in [code, code | 1 << 8, code | 19 << 8] {
            #expect(StoreFailure.describe(code: extended, detail: "detail", path: "/x").hint?.isEmpty == false)
        }
    }

    private func fill(_ path: String, messages: Int) async throws {
        let store = try SQLiteStore.open(path: path)
        try await store.create(.sample("c", title: "title"))
        for number in 0..<messages {
            _ = try await store.append(.sample("m\(number)", "text \(number) " + String(repeating: "abc def ", count: 50)))
        }
        store.close()
    }

    private func expectOnlyHelpfulErrors(_ path: String, atLeastOne: Bool) async {
        var errors: [any Error] = []
        do {
            let store = try SQLiteStore.open(path: path)
            errors += await failures(of: store)
            store.close()
        } catch {
            errors.append(error)
        }
        #expect(!atLeastOne || !errors.isEmpty)
        for error in errors { #expect((error as? AuroraError)?.message.contains(path) == true) }
    }

    private func failures(of store: SQLiteStore) async -> [any Error] {
        let uses: [@Sendable () async throws -> Void] = [
            {
                let problems = try await store.integrityProblems()
                if let first = problems.first { throw AuroraError(.failed, "\(store.path): \(first)") }
            },
            { _ = try await store.conversations(matching: ConversationQuery(search: "text")) },
            { _ = try await store.messages(of: "c", after: 0, limit: 100) },
            { _ = try await store.append(.sample("more")) },
            { _ = try await store.interruptGrowing() },
            { _ = try await store.tokens() },
            { _ = try await store.delete("c") },
        ]
        var errors: [any Error] = []
        for use in uses {
            do { try await use() } catch { errors.append(error) }
        }
        return errors
    }
}

/// Small seeded generator, so that a failing seed fails again.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
