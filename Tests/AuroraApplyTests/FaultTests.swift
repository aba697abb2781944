import AuroraApply
import AuroraLive
import AuroraModel
import AuroraSystem
import Foundation
import Testing

/// Disks, rights and programs that fail in real ways.
@Suite struct FaultTests {
    /// Whether this user may mount: in a container it may not even as root.
    static let canMount = geteuid() == 0 && Mount.works

    @Test(.enabled(if: canMount)) func aFullDiskStopsBeforeAnythingIsHalfDone() async throws {
        try await withTown { town in
            try await Mount.small(at: town.watched + "/etc/aurora", kilobytes: 64) {
                let before = try town.digest()
                var desired = town.desired()
                desired.files.append(town.file("/etc/aurora/large.bin", String(repeating: "x", count: 200_000), isSecret: true))
                let report = try #require(try await town.apply(desired))
                #expect(report.failure?.step == "file:\(town.watched)/etc/aurora/large.bin")
                #expect(report.failure?.takenBack == true)
                #expect(
                    report.error?.message.hasSuffix("cannot write '\(town.watched)/etc/aurora/large.bin': no space left on device") == true)
                #expect(report.error?.hint == "free some space on that disk, then run this again")
                #expect(try town.disk.list(town.watched + "/etc/aurora") == ["redis.conf", "redis.env"])
                _ = try await town.undo()
                #expect(try town.digest() == before)
            }
        }
    }

    @Test(.enabled(if: canMount)) func aFullStateDiskChangesNothingOfTheMachine() async throws {
        try await withTown { town in
            try FileManager.default.createDirectory(atPath: town.state, withIntermediateDirectories: true)
            let before = try town.digest()
            try await Mount.small(at: town.state, kilobytes: 16) {
                do {
                    _ = try await town.apply(town.desired())
                    Issue.record("it was applied")
                } catch let error as AuroraError {
                    #expect(error.message.hasSuffix("no space left on device"))
                }
            }
            #expect(try town.digest() == before)
        }
    }

    @Test(.enabled(if: canMount)) func aReadOnlyFolderIsNamedWithWhatToDo() async throws {
        try await withTown { town in
            try await Mount.small(at: town.watched + "/etc/aurora", kilobytes: 64) {
                try Mount.makeReadOnly(town.watched + "/etc/aurora")
                let before = try town.digest()
                let report = try #require(try await town.apply(town.desired()))
                #expect(report.error?.hint == "the disk is read-only: mount it for writing, or choose another folder in the manifest")
                _ = try await town.undo()
                #expect(try town.digest() == before)
            }
        }
    }

    #if os(Linux)
    @Test func missingRightsAreNamedWithWhatToDo() async throws {
        try await withTown { town in
            var desired = Desired(mesh: "aurora", node: "lead", manifest: "m")
            desired.folders = [FolderWork(path: "/sys/aurora", mode: 0o700)]
            let report = try #require(try await town.apply(desired))
            let error = try #require(report.error)
            #expect(error.code == .forbidden)
            #expect(error.message.contains("cannot make the folder '/sys/aurora': "))
            #expect(error.hint == "run it as root with 'sudo', or choose a folder of your own in the manifest")
        }
    }
    #endif

    @Test func aProgramThatIsNotThereIsNamedAndItsStepTakenBack() async throws {
        try await withTown { town in
            var desired = town.desired()
            let missing = PlannedCommand("no-such-program", ["up"])
            desired.groups[0].activity = .commands(CommandWork(start: missing, verify: missing, stop: missing))
            let report = try #require(try await town.apply(desired))
            let error = try #require(report.error)
            #expect(error.message.contains("cannot run 'no-such-program up': there is no program 'no-such-program'"))
            #expect(error.hint == "install it")
        }
    }

    @Test func aSecondApplyIsRefusedAndToldWhoIsAtWork() async throws {
        try await withTown { town in
            let plan = try #require(try town.plan(town.desired()))
            _ = try await Applier(town.tools()).apply(plan, by: Town.by, command: "aurora apply") {
                do {
                    _ = try await town.undo()
                    Issue.record("two at once")
                } catch let error as AuroraError {
                    let pid = ProcessInfo.processInfo.processIdentifier
                    #expect(error.code == .conflict)
                    #expect(
                        error.message
                            == "'aurora apply' of allan as root, process \(pid), has been at work since 2026-09-21T14:13:20Z")
                }
                return try town.observed(town.desired())
            }
            #expect(try town.log().last?.phase == .finished)
        }
    }

    @Test func contentsThatTheManifestNoLongerMakesAreNotWritten() async throws {
        try await withTown { town in
            let before = try town.digest()
            let desired = town.desired()
            let plan = try #require(try town.plan(desired))
            town.contents.forget()
            do {
                _ = try await Applier(town.tools()).apply(plan, by: Town.by, command: "aurora apply") { try town.observed(desired) }
                Issue.record("it was applied")
            } catch {
                #expect((error as? AuroraError)?.code == .refused)
            }
            #expect(try town.digest() == before)
            #expect(try town.log().open == nil)
            #expect(History(try town.log()).entries.map(\.state) == ["never began"])
        }
    }

    @Test func aDamagedBackupIsNeverPutBack() async throws {
        try await withTown { town in
            _ = try await town.apply(town.desired())
            let id = try #require(try town.log().last?.id)
            let copies = town.state + "/backups/\(id)/before"
            let copy = copies + "/" + (try #require(try town.disk.list(copies).first))
            try Data("garbage".utf8).write(to: URL(fileURLWithPath: copy))
            do {
                _ = try await town.undo()
                Issue.record("it was taken back")
            } catch let error as AuroraError {
                #expect(error.message.hasSuffix("is damaged: its bytes are not those that were saved"))
            }
            #expect(town.text("/etc/nginx.conf") == "worker_processes 2;\n")
            try Data("worker_processes 1;\n".utf8).write(to: URL(fileURLWithPath: copy))
            _ = try await town.undo()
            #expect(town.text("/etc/nginx.conf") == "worker_processes 1;\n")
        }
    }

    @Test func anApplyThatIsToldToStopCanBeContinued() async throws {
        try await withTown { town in
            let plan = try #require(try town.plan(town.desired()))
            var tools = town.tools()
            tools.progress = { progress in
                if case .done(let step) = progress, step.id == "service:redis" { withUnsafeCurrentTask { $0?.cancel() } }
            }
            let stopping = Applier(tools)
            let message = await withTaskGroup(of: String?.self) { group in
                group.addTask {
                    do {
                        _ = try await stopping.apply(plan, by: Town.by, command: "aurora apply") { try town.observed(town.desired()) }
                        return nil
                    } catch {
                        return (error as? AuroraError)?.message
                    }
                }
                return await group.next() ?? nil
            }
            #expect(message == "the apply 0001-20260921-141320 was told to stop at the step 'node'")
            let report = try #require(try await town.resume())
            #expect(report.error == nil)
            #expect(town.services.running == ["redis", "node"])
        }
    }

    @Test func aLinkIsNeitherFollowedNorReplaced() async throws {
        try await withTown { town in
            try FileManager.default.createSymbolicLink(atPath: town.watched + "/etc/site.conf", withDestinationPath: "nginx.conf")
            var desired = Desired(mesh: "aurora", node: "lead", manifest: "m")
            desired.files = [town.file("/etc/site.conf", "x", mayReplace: true)]
            guard case .refused(let refusals) = try town.outcome(desired) else { throw Unexpected() }
            #expect(refusals.map(\.reason) == ["a file of aurora belongs at '\(town.watched)/etc/site.conf', where there is a link"])
        }
    }

    @Test func dataIsMovedToAnotherDiskWhole() async throws {
        try await withTown { town in
            let target = FileManager.default.temporaryDirectory.path + "/aurora-move-\(UInt64.random(in: .min ... .max))"
            defer { try? FileManager.default.removeItem(atPath: target) }
            try FileManager.default.createDirectory(atPath: town.watched + "/data/deep", withIntermediateDirectories: true)
            try town.write("/data/deep/rows", "rows")
            try town.disk.moveTree(town.watched + "/data", to: target)
            #expect(try String(contentsOfFile: target + "/deep/rows", encoding: .utf8) == "rows")
            #expect(try town.disk.look(town.watched + "/data").isMissing)
        }
    }
}
