import AuroraApply
import AuroraLive
import AuroraModel
import Foundation
import Testing

@Suite struct ApplyUndoTests {
    @Test func applyMakesWhatIsDesiredAndASecondApplyHasNothingToDo() async throws {
        try await withTown { town in
            let report = try #require(try await town.apply(town.desired()))
            #expect(report.error == nil)
            #expect(report.notDone.isEmpty)
            #expect(report.kept.text == "1 kept service undisturbed: same pid, same start time, 0 configuration bytes changed")
            #expect(town.text("/etc/aurora/redis.env") == "PASSWORD=hunter2\n")
            #expect(town.services.running == ["redis", "node"])
            #expect(try town.outcome(town.desired()) == .nothingToDo(notes: []))
        }
    }

    @Test func undoLeavesTheTreeAsItWasAndKeepsTheDataOfServices() async throws {
        try await withTown { town in
            let before = try town.digest()
            _ = try await town.apply(town.desired())
            let report = try #require(try await town.undo())
            #expect(try town.digest() == before)
            #expect(town.services.running.isEmpty)
            let kept = town.state + "/kept-data/2026-09-21-0001" + town.watched + "/srv/redis"
            #expect(report.notes == ["the data in '\(town.watched)/srv/redis' is kept in '\(kept)'"])
            #expect(try String(contentsOfFile: kept + "/dump.rdb", encoding: .utf8) == "rows")
            #expect(try town.log().record == Record())
            #expect(try await town.undo() == nil)
        }
    }

    @Test func undoWithPurgeDeletesTheDataOfServices() async throws {
        try await withTown { town in
            let before = try town.digest()
            _ = try await town.apply(town.desired())
            let report = try #require(try await town.undo(purge: true))
            #expect(try town.digest() == before)
            #expect(report.notes == ["the data in '\(town.watched)/srv/redis' is deleted, as told"])
            #expect(try town.disk.look(town.state + "/kept-data").isMissing)
        }
    }

    @Test func aChangedFileStartsItsServiceAnewAndUndoBringsTheOldOneBack() async throws {
        try await withTown { town in
            let start = try town.digest()
            _ = try await town.apply(town.desired())
            let first = try town.digest()
            let plan = try #require(try town.plan(town.desired(text: "port 6380\n")))
            #expect(plan.steps.map(\.id) == ["remove:service:redis", "file:\(town.watched)/etc/aurora/redis.conf", "service:redis"])
            _ = try await town.apply(town.desired(text: "port 6380\n"))
            #expect(try town.outcome(town.desired(text: "port 6380\n")) == .nothingToDo(notes: []))
            _ = try await town.undo()
            #expect(try town.digest() == first)
            #expect(town.services.running == ["redis", "node"])
            _ = try await town.undo(.all)
            #expect(try town.digest() == start)
        }
    }

    @Test func whatIsNoLongerDesiredIsRemovedButNotItsData() async throws {
        try await withTown { town in
            _ = try await town.apply(town.desired())
            let nothing = Desired(mesh: "aurora", node: "lead", manifest: "m2")
            _ = try await town.apply(nothing)
            #expect(town.text("/etc/aurora/redis.conf") == nil)
            #expect(town.text("/srv/redis/dump.rdb") == "rows")
            #expect(town.services.running.isEmpty)
            #expect(try town.outcome(nothing) == .nothingToDo(notes: []))
            _ = try await town.undo()
            #expect(town.text("/etc/aurora/redis.conf") == "port 6379\n")
            #expect(town.services.running == ["redis", "node"])
        }
    }

    @Test func undoKeepsWhatSomebodyChangedInAFileOfAurora() async throws {
        try await withTown { town in
            let before = try town.digest()
            _ = try await town.apply(town.desired())
            try town.write("/etc/aurora/redis.conf", "maxmemory 1gb\n")
            let report = try #require(try await town.undo())
            #expect(try town.digest() == before)
            let note = try #require(report.notes.first { $0.contains("redis.conf") })
            let place = try #require(note.split(separator: "'").last.map(String.init))
            #expect(try String(contentsOfFile: place, encoding: .utf8) == "maxmemory 1gb\n")
        }
    }

    @Test func aFolderWithForeignFilesStaysAndIsNamed() async throws {
        try await withTown { town in
            _ = try await town.apply(town.desired())
            try town.write("/etc/aurora/notes.txt", "mine\n")
            let report = try #require(try await town.undo())
            #expect(town.text("/etc/aurora/notes.txt") == "mine\n")
            #expect(report.notes.contains("the folder '\(town.watched)/etc/aurora' stays, because it holds what Aurora did not put there"))
        }
    }

    @Test func aFailedStepIsTakenBackAndThePlanStopsThere() async throws {
        try await withTown(broken: ["redis"]) { town in
            let report = try #require(try await town.apply(town.desired()))
            #expect(report.failure?.step == "service:redis")
            #expect(report.failure?.takenBack == true)
            #expect(report.notDone == ["service:redis", "node"])
            #expect(report.error?.message.hasSuffix("the command 'service start redis' ended with 3: no room for redis") == true)
            #expect(try town.log().open == nil)
            #expect(try town.plan(town.desired())?.steps.map(\.id) == ["service:redis", "node"])
        }
    }

    @Test func aFailureCanTakeEverythingBack() async throws {
        try await withTown(broken: ["redis"]) { town in
            let before = try town.digest()
            let report = try #require(try await town.apply(town.desired(), undoOnFailure: true))
            #expect(report.undo != nil)
            #expect(try town.digest() == before)
        }
    }

    @Test func undoToAnApplyLeavesTheMachineAsThatOneDid() async throws {
        try await withTown { town in
            for text in ["a\n", "b\n", "c\n"] { _ = try await town.apply(town.desired(text: text)) }
            let report = try #require(try await town.undo(.to("0001")))
            #expect(report.ids.count == 2)
            #expect(town.text("/etc/aurora/redis.conf") == "a\n")
            await #expect(throws: AuroraError(.notFound, "there is no apply '0009'", hint: "list them with 'aurora history'")) {
                try await town.undo(.to("0009"))
            }
        }
    }

    @Test func secretsStandNeitherInThePlanNorInTheJournal() async throws {
        try await withTown { town in
            let plan = try #require(try town.plan(town.desired()))
            #expect(!String(decoding: try plan.encoded(), as: UTF8.self).contains("hunter2"))
            #expect(!plan.text.contains("hunter2"))
            _ = try await town.apply(town.desired())
            for name in try town.disk.list(town.state + "/journal") {
                #expect(try !String(contentsOfFile: town.state + "/journal/" + name, encoding: .utf8).contains("hunter2"))
            }
            let id = try #require(try town.log().last?.id)
            #expect(try town.disk.look(town.state + "/backups/\(id)/contents").isMissing)
        }
    }

    @Test func stateIsForItsOwnerOnly() async throws {
        try await withTown { town in
            _ = try await town.apply(town.desired())
            for path in try FileManager.default.subpathsOfDirectory(atPath: town.state) {
                switch try town.disk.look(town.state + "/" + path) {
                case .file(_, let mode, _): #expect(mode == 0o600, "\(path)")
                case .folder(let mode, _): #expect(mode == 0o700, "\(path)")
                default: Issue.record("\(path) is neither file nor folder")
                }
            }
        }
    }
}
