import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraStore

@Suite struct MigrationTests {
    @Test(arguments: SchemaFixture.versions.map(\.number))
    func everyEarlierVersionOpensWithAllItHeld(_ number: Int) async throws {
        let scratch = try ScratchFolder()
        let fixture = try #require(SchemaFixture.versions.first { $0.number == number })
        try RawSQLite.run(fixture.sql, on: scratch.database)
        let store = try SQLiteStore.open(path: scratch.database)

        let conversation = try #require(try await store.conversation("c"))
        #expect((conversation.title, conversation.clientID, conversation.messageCount) == ("Holiday plans", "page", 3))
        #expect((conversation.createdAt, conversation.updatedAt) == (.sample(0.000001), .sample(2)))
        #expect(try await store.message("a")?.model == "qwen")
        #expect(try await store.tokens().map(\.scopes) == (number < 2 ? [] : [[.chat, .read]]))

        #expect(try await store.task("t")?.result == (number < 4 ? nil : "{\"response\":\"Lisbon\"}"))
        #expect(try await store.add([.sample("new", key: "new")], limit: 9).first?.isNew == true)

        #expect(try await store.interruptGrowing() == 1)
        for words in ["holiday", "lisbon", "or per"] {
            #expect(try await store.conversations(matching: ConversationQuery(search: words)).items.map(\.id) == ["c"])
        }
        #expect(try await store.append(.sample("next")).sequence == 4)
        #expect(try await store.delete("c"))
        #expect(try await store.integrityProblems() == [])
        #expect(try RawSQLite.run("SELECT identifier FROM grdb_migrations ORDER BY 1", on: scratch.database) == ["1", "2", "3", "4"])
    }

    @Test func aFixtureExistsForEveryVersionAndIsWhatThatVersionMakes() throws {
        #expect(SchemaFixture.versions.map(\.number) == Array(1...Schema.version))
        let scratch = try ScratchFolder()
        let newest = try #require(SchemaFixture.versions.last)
        try RawSQLite.run(newest.sql, on: scratch.path + "/fixture.db")
        try SQLiteStore.open(path: scratch.database).close()
        #expect(try shape(scratch.path + "/fixture.db") == shape(scratch.database))
    }

    @Test func aDatabaseOfANewerVersionIsRefusedAndLeftAsItIs() async throws {
        let scratch = try ScratchFolder()
        try SQLiteStore.open(path: scratch.database).close()
        try RawSQLite.run("INSERT INTO grdb_migrations VALUES ('5'), ('12')", on: scratch.database)
        let before = FileManager.default.contents(atPath: scratch.database)
        let error = #expect(throws: AuroraError.self) { try SQLiteStore.open(path: scratch.database) }
        #expect(error?.code == .refused)
        #expect(
            error?.message
                == "'\(scratch.database)' has schema version 12, this aurora (\(AuroraVersion.current)) knows versions up to \(Schema.version)"
        )
        #expect(FileManager.default.contents(atPath: scratch.database) == before)
    }

    @Test func theDatabaseOfAnotherProgramIsRefusedAndLeftAsItIs() throws {
        let scratch = try ScratchFolder()
        try RawSQLite.run("CREATE TABLE photo (id); INSERT INTO photo VALUES (1)", on: scratch.database)
        let before = FileManager.default.contents(atPath: scratch.database)
        let error = #expect(throws: AuroraError.self) { try SQLiteStore.open(path: scratch.database) }
        #expect(error?.code == .refused)
        #expect(error?.message == "'\(scratch.database)' is the database of another program")
        #expect(FileManager.default.contents(atPath: scratch.database) == before)
    }

    @Test func aFirstStartCutShortIsFinishedByTheNext() async throws {
        let scratch = try ScratchFolder()
        try RawSQLite.run("CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)", on: scratch.database)
        let store = try SQLiteStore.open(path: scratch.database)
        try await store.create(.sample("c"))
    }

    /// Every table, index and trigger without regard to white space and quotes.
    private func shape(_ path: String) throws -> [String] {
        try RawSQLite.run("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name", on: path)
            .map { $0.filter { !$0.isWhitespace && !"\"'".contains($0) } }
    }
}
