import AuroraApply
import AuroraLive
import AuroraModel
import AuroraSystem
import Foundation
import Testing

@Suite struct PlannerTests {
    @Test func aPortThatIsTakenIsRefusedWithItsOwnerAndAFreeOne() {
        let observed = Observed(holders: [
            PortHolding(PortKey(6379), owner: "redis-server (pid 812, user redis)"), PortHolding(PortKey(6380)),
        ])
        let choice = PortChooser.choose([wanted(isAutomatic: false)], observed: observed, record: Record())
        #expect(choice.refusals.map(\.reason) == ["port 6379 for 'redis' is held by redis-server (pid 812, user redis)"])
        #expect(choice.refusals.map(\.allow) == ["set the port of 'redis' to 6381, which is free, or let Aurora choose with 'ports: auto'"])
        var desired = Desired(mesh: "aurora", node: "lead", manifest: "m")
        desired.ports = choice
        let outcome = Planner.plan(desired, observed: observed, record: Record(), now: Town.date)
        #expect(throws: AuroraError.self) { try outcome.get() }
    }

    @Test func anyOtherPortWillDoWhereTheManifestSaysSoAndItIsRemembered() async throws {
        let holders = [PortHolding(PortKey(6379), owner: "redis-server (pid 812)")]
        let choice = PortChooser.choose([wanted(isAutomatic: true)], observed: Observed(holders: holders), record: Record())
        #expect(choice.ports == ["redis": PortKey(6380)])
        #expect(choice.notes == ["port 6379 for 'redis' is held by redis-server (pid 812), so 6380 is used"])
        try await withTown { town in
            var desired = town.desired(port: 6380)
            desired.ports = choice
            _ = try await town.apply(desired)
            let record = try town.log().record
            #expect(record.ports == ["redis": 6380])
            // The other one has gone, and our own holds the port that was chosen: it stays.
            let now = Observed(
                holders: [PortHolding(PortKey(6380), owner: "redis-server (pid 900)", group: "service:redis")], running: ["service:redis"])
            let again = PortChooser.choose([wanted(isAutomatic: true)], observed: now, record: record)
            #expect(again.ports == ["redis": PortKey(6380)])
            #expect(again.refusals.isEmpty)
        }
    }

    @Test func aPortOfAKeptServiceIsNotTakenEvenWhileItIsFree() {
        let kept = [KeptService(name: "old-redis", ports: [PortKey(6379)])]
        let choice = PortChooser.choose([wanted(isAutomatic: false)], observed: Observed(), record: Record(), kept: kept)
        #expect(choice.refusals.map(\.reason) == ["port 6379 for 'redis' is a port of the kept service 'old-redis'"])
    }

    @Test func twoServicesNeverGetOnePort() {
        let two = [wanted(isAutomatic: true), WantedPort(name: "cache", port: PortKey(6379), isAutomatic: true, group: "service:cache")]
        let choice = PortChooser.choose(two, observed: Observed(), record: Record())
        #expect(choice.ports == ["redis": PortKey(6379), "cache": PortKey(6380)])
    }

    @Test func aStepThatWouldTouchAKeptServiceIsRefusedWithExitCode3() async throws {
        try await withTown { town in
            var desired = town.desired()
            desired.kept = [KeptService(name: "web", files: [town.watched + "/etc/nginx.conf"], folders: [town.watched + "/srv"])]
            guard case .refused(let refusals) = try town.outcome(desired) else { throw Unexpected() }
            let file = "the step 'file:\(town.watched)/etc/nginx.conf' would touch the file '\(town.watched)/etc/nginx.conf'"
            #expect(refusals.contains { $0.reason == file + " of the kept service 'web'" })
            #expect(refusals.contains { $0.reason.hasPrefix("the step 'folder:\(town.watched)/srv/redis'") })
            do {
                _ = try PlanOutcome.refused(refusals).get()
            } catch let error as AuroraError {
                #expect(error.exitCode == 3)
            }
        }
    }

    @Test func aFileThatAuroraDidNotMakeIsNotReplacedUnlessTold() async throws {
        try await withTown { town in
            try town.write("/etc/site.conf", "mine\n")
            var desired = Desired(mesh: "aurora", node: "lead", manifest: "m")
            desired.files = [town.file("/etc/site.conf", "ours\n")]
            guard case .refused(let refusals) = try town.outcome(desired) else { throw Unexpected() }
            #expect(
                refusals.map(\.reason) == [
                    "a file of aurora belongs at '\(town.watched)/etc/site.conf', where there is a file that Aurora did not make"
                ])
        }
    }

    @Test func crookedAndDoublePathsAreRefused() async throws {
        try await withTown { town in
            var desired = Desired(mesh: "aurora", node: "lead", manifest: "m")
            desired.files = [town.file("/a/../b", "x"), town.file("/c", "x"), town.file("/c", "y")]
            guard case .refused(let refusals) = try town.outcome(desired) else { throw Unexpected() }
            #expect(
                refusals.map(\.reason) == [
                    "the path '\(town.watched)/a/../b' is not absolute and plain", "'\(town.watched)/c' is asked for twice",
                ])
        }
    }

    @Test func aPlanSaysWhatItDoesTouchesAndHowItIsUndone() async throws {
        try await withTown { town in
            let plan = try #require(try town.plan(town.desired()))
            let lines = plan.text.split(separator: "\n").map(String.init)
            #expect(lines.first == "plan \(plan.id): 8 steps, about 11 s, for node 'lead' of mesh 'aurora'")
            #expect(lines.contains("7. start the service redis"))
            #expect(lines.contains("   touches port 6379; process redis-server"))
            #expect(lines.contains("   takes about 5 s; undo: end the service redis"))
            #expect(try Plan.read(plan.encoded(), from: "plan.json") == plan)
        }
    }

    @Test func aPlanThatWasChangedByHandIsRefused() async throws {
        try await withTown { town in
            let plan = try #require(try town.plan(town.desired()))
            let text = String(decoding: try plan.encoded(), as: UTF8.self)
            let other = text.replacingOccurrences(of: "port 6379", with: "port 6666")
            #expect(
                throws: AuroraError(
                    .invalid, "cannot use the plan 'p.json': it was changed after it was made",
                    hint: "make it again with 'aurora plan --out p.json'")
            ) { try Plan.read(Array(other.utf8), from: "p.json") }
            var random = SeededRandom(seed: 7)
            for _ in 0..<300 { _ = try? Plan.read(Garbage.changed(Array(text.utf8), &random), from: "p.json") }
        }
    }

    @Test func aPlanIsNotPerformedOnAMachineThatChangedSince() async throws {
        try await withTown { town in
            let desired = town.desired()
            let plan = try #require(try town.plan(desired))
            try town.write("/etc/nginx.conf", "worker_processes 8;\n")
            let before = try town.digest()
            let taken = try town.observed(desired, holders: [PortHolding(PortKey(6379), owner: "somebody (pid 5)")])
            #expect(plan.changes(in: taken).count == 2)
            do {
                _ = try await Applier(town.tools()).apply(plan, by: Town.by, command: "aurora apply plan.json") { taken }
                Issue.record("it was performed")
            } catch let error as AuroraError {
                #expect(error.code == .refused)
                #expect(error.message.hasSuffix("port 6379 was free, now it is held by somebody (pid 5)"))
            }
            #expect(try town.digest() == before)
        }
    }

    @Test func aMeshOf100NodesAnd1000ServicesPlansQuickly() {
        var desired = Desired(mesh: "aurora", node: "lead", manifest: "m")
        for number in 0..<1_000 {
            let name = "service-\(number)"
            let work = FileWork(path: "/etc/aurora/node-\(number % 100)/\(name).conf", digest: name, size: 1, mode: 0o600, text: name)
            desired.files.append(DesiredFile(work, purpose: "a file"))
            desired.groups.append(
                DesiredGroup(
                    key: name, title: name, activity: FakeServices.activity(name), revision: "1", files: [work.path],
                    touches: Touches(ports: [PortKey(10_000 + number)])))
            desired.kept.append(KeptService(name: "kept-\(number)", ports: [PortKey(20_000 + number)], folders: ["/srv/\(number)"]))
        }
        let wanted = (0..<1_000).map {
            WantedPort(name: "\($0)", port: PortKey(10_000 + $0), isAutomatic: false, group: "service-\($0)")
        }
        let clock = ContinuousClock()
        let time = clock.measure {
            desired.ports = PortChooser.choose(wanted, observed: Observed(), record: Record(), kept: desired.kept)
            let outcome = Planner.plan(desired, observed: Observed(), record: Record(), now: Town.date)
            #expect((try? outcome.get())?.steps.count == 2_102)
        }
        print("100 nodes and 1,000 services: planned in \(time)")
    }

    private func wanted(isAutomatic: Bool) -> WantedPort {
        WantedPort(name: "redis", port: PortKey(6379), isAutomatic: isAutomatic, group: "service:redis")
    }
}

struct Unexpected: Error {}
