import AuroraApply
import AuroraModel
import Foundation
import Testing

@Suite struct ProofTests {
    private let old = Fingerprint(
        name: "web", pid: 812, startTicks: 100, startedAt: Town.date, ports: [PortKey(80)], configuration: ["/etc/nginx.conf": "aa"])

    @Test func aServiceThatWasStartedAgainIsBlamedOnTheStepThatRanThen() throws {
        var new = old
        (new.pid, new.startTicks, new.startedAt) = (900, 200, Town.date.addingTimeInterval(60))
        let window = ApplyState.Window(
            step: "service:redis", begin: Town.date.addingTimeInterval(55), end: Town.date.addingTimeInterval(61))
        let report = FingerprintReport(before: [old], after: [new], windows: [window])
        #expect(
            report.text == "1 of 1 kept service changed:\n  web: its pid was 812, now it is 900; the step 'service:redis' ran at that time")
    }

    @Test func aChangedConfigurationIsBlamedOnTheStepThatTouchesIt() {
        var new = old
        new.configuration = ["/etc/nginx.conf": "bb"]
        let step = Step(
            key: "file:/etc/nginx.conf", does: "x", touches: Touches(files: ["/etc/nginx.conf"]), seconds: 1, undo: "y",
            work: .removeFile(path: "/etc/nginx.conf"))
        let report = FingerprintReport(before: [old], after: [new], steps: [step])
        #expect(report.differences.map(\.step) == ["remove:file:/etc/nginx.conf"])
        #expect(report.differences.map(\.what) == ["its configuration '/etc/nginx.conf' was changed"])
    }

    @Test func everyOtherDifferenceIsSaidAndBlamedOnNobody() {
        var new = old
        new.ports = [PortKey(443)]
        let report = FingerprintReport(before: [old, Fingerprint(name: "gone")], after: [new])
        #expect(report.differences.map(\.what) == ["it no longer listens on 80, now listens on 443", "it is gone"])
        #expect(Set(report.differences.map(\.why)) == ["no step of this apply touches it"])
    }

    @Test func aContainerThatWasStartedAgainIsOneDifference() {
        var before = old
        (before.containerID, before.containerStartedAt) = ("0123456789abcdef", Town.date)
        var after = before
        (after.pid, after.containerStartedAt) = (901, Town.date.addingTimeInterval(5))
        let report = FingerprintReport(before: [before], after: [after])
        #expect(report.differences.map(\.what) == ["its container 0123456789ab was started again"])
    }

    @Test func anApplyThatDisturbsAKeptServiceFailsAndSaysSo() async throws {
        try await withTown { town in
            let plan = try #require(try town.plan(town.desired()))
            var tools = town.tools()
            let kept = town.kept
            tools.progress = { progress in
                if case .done(let step) = progress, step.id == "service:redis" { kept.set([Fingerprint(name: "database", pid: 1)]) }
            }
            let report = try await Applier(tools).apply(plan, by: Town.by, command: "aurora apply") { try town.observed(town.desired()) }
            let error = try #require(report.error)
            #expect(error.message.hasPrefix("1 of 1 kept service changed:\n  database: its pid was 812, now it is 1"))
            #expect(error.hint == "see whether these services are well; 'aurora undo' takes the apply \(report.id) back")
        }
    }

    @Test func historyTellsWhoDidWhatAndWhatBecameOfIt() async throws {
        try await withTown { town in
            _ = try await town.apply(town.desired())
            _ = try await town.apply(town.desired(text: "b\n"))
            _ = try await town.undo()
            let history = History(try town.log())
            #expect(history.entries.map(\.id) == ["0001-20260921-141320", "0002-20260921-141320"])
            #expect(history.entries.map(\.state) == ["finished", "taken back"])
            #expect(history.entries.first?.by.words == "allan as root")
            #expect(history.entries.first?.what.contains("start the service redis") == true)
        }
    }

    @Test func driftSaysWhatChangedAndWhatOfItMatters() async throws {
        try await withTown { town in
            _ = try await town.apply(town.desired())
            let record = try town.log().record
            let then = try #require(try town.log().last?.after)
            #expect(Drift.items(record: record, observed: try town.observed(town.desired()), keptThen: then, keptNow: then).isEmpty)
            try town.write("/etc/aurora/redis.conf", "by hand\n")
            chmod(town.watched + "/etc/aurora/redis.env", 0o644)
            try await town.services.stop(CustomWork("redis"))
            var now = then
            now[0].pid = 5
            let observed = try town.observed(town.desired(), holders: [PortHolding(PortKey(6379), owner: "other (pid 3)")])
            let items = Drift.items(record: record, observed: observed, keptThen: then, keptNow: now)
            #expect(
                items == [
                    DriftItem(
                        town.watched + "/etc/aurora/redis.conf",
                        "the file was changed by hand; the next apply replaces it and keeps a copy",
                        matters: true),
                    DriftItem(
                        town.watched + "/etc/aurora/redis.env", "its mode is 0644, it was 0600; more may use it than should", matters: true),
                    DriftItem("service:redis", "it does not run; port 6379 is held by other (pid 3)", matters: true),
                    DriftItem("database", "its pid was 812, now it is 5", matters: false),
                ])
        }
    }
}
