import AuroraSystem
import Foundation
import Testing

@testable import AuroraLive

/// Runs and processes of a made-up machine.
@Suite("Which processes belong to a run")
struct RunMembersTests {
    private let run = RunRecord(
        service: "web", mark: "m", pid: 100, startTicks: 50, bootID: "b", digest: "d", startedAt: Date(timeIntervalSince1970: 0),
        stopSignal: "SIGTERM", stopGraceSeconds: 1)

    private func entry(
        _ pid: Int32, parent: Int32 = 1, group: Int32? = nil, session: Int32? = nil, zombie: Bool = false, ticks: UInt64 = 60
    ) -> ProcessEntry {
        ProcessEntry(pid: pid, parent: parent, group: group ?? pid, session: session ?? pid, isZombie: zombie, startTicks: ticks)
    }

    private func pids(_ table: [ProcessEntry], isFresh: Bool = false, marked: Set<Int32> = []) -> [Int32] {
        RunMembers.select(run, from: table, isFresh: isFresh, excluding: 7) { marked.contains($0) }.map(\.pid)
    }

    @Test func theMainProcessItsGroupItsSessionAndTheirChildren() {
        let table = [
            entry(1, ticks: 0), entry(7, ticks: 10), entry(100, parent: 7, ticks: 50), entry(101, parent: 100, group: 100, session: 100),
            entry(102, parent: 1, group: 102, session: 100), entry(103, parent: 102), entry(104, parent: 103), entry(200),
        ]
        #expect(pids(table) == [100, 101, 102, 103, 104])
    }

    @Test func whatLeftItsSessionIsFoundByItsMark() {
        #expect(pids([entry(100, ticks: 50), entry(300), entry(301, parent: 300), entry(400)], marked: [300]) == [100, 300, 301])
    }

    @Test func aStrangerWithTheNumberIsNone() {
        #expect(pids([entry(100, ticks: 99), entry(101, parent: 100, group: 100, session: 100)]).isEmpty)
    }

    @Test func aGroupWhoseLeaderIsGoneIsOursOnlyAMomentLater() {
        let orphan = [entry(101, group: 100, session: 100)]
        #expect(pids(orphan).isEmpty)
        #expect(pids(orphan, isFresh: true) == [101])
        #expect(pids(orphan, marked: [101]) == [101])
    }

    @Test func theNodeTheFirstProcessAndWhatIsOlderNeverBelong() {
        let table = [
            entry(1, group: 100, session: 100), entry(7, group: 100, session: 100), entry(90, group: 100, session: 100, ticks: 49),
        ]
        #expect(pids(table, isFresh: true, marked: [1, 7, 90]).isEmpty)
    }

    @Test func endedOnesAreNoMembersButStillVouchForTheirGroup() {
        #expect(pids([entry(100, zombie: true, ticks: 50), entry(101, group: 100, session: 100)]) == [101])
    }
}

#if os(Linux)
@Suite("The table of processes")
struct ProcessTableTests {
    @Test func readsNamesWithBracketsAndSpaces() {
        let rest = "S 7 100 100 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4242 9 10"
        for name in ["web", "a) S 1 (b", "x y", ")"] {
            #expect(
                ProcessTable.parse("100 (\(name)) \(rest)", pid: 100)
                    == ProcessEntry(pid: 100, parent: 7, group: 100, session: 100, isZombie: false, startTicks: 4242))
        }
    }

    @Test(arguments: ["", ")", "1 (x) S", "1 (x) S a b c d e f g h i j k l m n o p q r s", "\u{0}\u{FFFD}"])
    func garbageIsNoProcess(_ text: String) { #expect(ProcessTable.parse(text, pid: 1) == nil) }

    @Test func hasThisProcess() throws {
        let own = try #require(ProcessTable.entry(getpid()))
        #expect(own.parent == getppid())
        #expect(ProcessTable.all().contains { $0.pid == getpid() && $0.startTicks == own.startTicks })
        #expect(!ProcessTable.bootID.isEmpty)
    }
}
#endif
