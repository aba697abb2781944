import AuroraStore
import AuroraTestSupport
import Testing

@Suite struct ConformanceTests {
    @Test(arguments: ConversationStoreConformance.cases)
    func onDisk(_ behaviour: ConversationStoreConformance.Case) async throws {
        let scratch = try ScratchFolder()
        let store = try SQLiteStore.open(path: scratch.database)
        try await behaviour.run(store)
        #expect(try await store.integrityProblems() == [])
        store.close()
    }

    @Test(arguments: ConversationStoreConformance.cases)
    func inMemory(_ behaviour: ConversationStoreConformance.Case) async throws {
        try await behaviour.run(try SQLiteStore.inMemory())
    }

    @Test(arguments: TaskStoreConformance.cases)
    func tasks(_ behaviour: TaskStoreConformance.Case) async throws {
        let scratch = try ScratchFolder()
        let store = try SQLiteStore.open(path: scratch.database)
        try await behaviour.run(store)
        #expect(try await store.integrityProblems() == [])
        try await behaviour.run(try SQLiteStore.inMemory())
    }

    @Test(arguments: TokenStoreConformance.cases)
    func tokens(_ behaviour: TokenStoreConformance.Case) async throws {
        let scratch = try ScratchFolder()
        try await behaviour.run(try SQLiteStore.open(path: scratch.database))
        try await behaviour.run(try SQLiteStore.inMemory())
    }
}
