import AuroraApply
import AuroraModel
import Foundation
import Testing

/// `kill -9` at every change that an apply or an undo makes to the machine, before, halfway through, and after it.
@Suite struct CrashTests {
    @Test(arguments: CrashPoint.Moment.allCases)
    func anApplyThatDiedAnywhereCanBeFinished(_ moment: CrashPoint.Moment) async throws {
        let whole = try await treeAfterApply()
        try await everyPoint(moment) { town, crash in
            let died = await dies { try await town.apply(town.desired(), crash: crash) }
            _ = try await town.resume()
            _ = try await town.apply(town.desired())
            #expect(try relative(town) == whole)
            #expect(town.services.running == ["redis", "node"])
            #expect(try town.outcome(town.desired()) == .nothingToDo(notes: []))
            return died
        }
    }

    @Test(arguments: CrashPoint.Moment.allCases)
    func anApplyThatDiedAnywhereCanBeTakenBack(_ moment: CrashPoint.Moment) async throws {
        try await everyPoint(moment) { town, crash in
            let before = try town.digest()
            let died = await dies { try await town.apply(town.desired(), crash: crash) }
            // The manifest may be gone by now: the journal and the backups are enough.
            town.contents.forget()
            _ = try await town.undo(.all)
            #expect(try town.digest() == before)
            #expect(town.services.running.isEmpty)
            #expect(try town.log().record == Record())
            return died
        }
    }

    @Test(arguments: CrashPoint.Moment.allCases)
    func anUndoThatDiedAnywhereCanBeFinished(_ moment: CrashPoint.Moment) async throws {
        try await everyPoint(moment) { town, crash in
            let before = try town.digest()
            _ = try await town.apply(town.desired())
            _ = try await town.apply(town.desired(text: "port 6380\n"))
            let died = await dies { try await town.undo(.all, crash: crash) }
            _ = try await town.undo(.all)
            #expect(try town.digest() == before)
            #expect(town.services.running.isEmpty)
            #expect(try keptRows(town) == ["rows"])
            return died
        }
    }

    @Test func anApplyThatDiesAgainAndAgainWhileItIsContinuedStillEnds() async throws {
        let whole = try await treeAfterApply()
        try await withTown { town in
            _ = await dies { try await town.apply(town.desired(), crash: CrashPoint(at: 22, .halfway)) }
            var rounds = 0
            while await dies({ try await town.resume(crash: CrashPoint(at: rounds / 2 + 3, .after)) }) {
                rounds += 1
                try #require(rounds < 200)
            }
            _ = try await town.apply(town.desired())
            #expect(rounds > 3)
            #expect(try relative(town) == whole)
        }
    }

    @Test func nothingElseIsAppliedBeforeWhatWasCutShortIsSettled() async throws {
        try await withTown { town in
            _ = await dies { try await town.apply(town.desired(), crash: CrashPoint(at: 20, .before)) }
            let open = try #require(try town.log().open)
            do {
                _ = try await town.apply(town.desired(text: "other\n"))
                Issue.record("it was applied")
            } catch let error as AuroraError {
                #expect(error.code == .refused)
                #expect(error.message.hasPrefix("the apply \(open.id) was cut short after"))
            }
        }
    }

    // MARK: support

    /// Runs the body once for every change, each in a town of its own, until the work gets through without a crash.
    private func everyPoint(
        _ moment: CrashPoint.Moment, _ body: @escaping @Sendable (Town, CrashPoint) async throws -> Bool
    ) async throws {
        var number = 0
        var died = true
        while died {
            let point = CrashPoint(at: number, moment)
            let result = Shared(false)
            try await withTown { town in result.set(try await body(town, point)) }
            died = result.value
            number += 1
            try #require(number < 500)
        }
        #expect(number > 15, "an apply changes the machine more often than that")
    }

    private func dies<Value>(_ work: () async throws -> Value) async -> Bool {
        do {
            _ = try await work()
            return false
        } catch {
            return true
        }
    }

    private func treeAfterApply() async throws -> [String] {
        let result = Shared<[String]>([])
        try await withTown { town in
            _ = try await town.apply(town.desired())
            result.set(try relative(town))
        }
        return result.value
    }

    private func relative(_ town: Town) throws -> [String] {
        try town.digest().map { $0.replacingOccurrences(of: town.root, with: "") }
    }

    private func keptRows(_ town: Town) throws -> [String] {
        let kept = town.state + "/kept-data"
        return try FileManager.default.subpathsOfDirectory(atPath: kept).filter { $0.hasSuffix("dump.rdb") }
            .map { try String(contentsOfFile: kept + "/" + $0, encoding: .utf8) }
    }
}
