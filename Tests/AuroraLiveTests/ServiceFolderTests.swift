import AuroraModel
import AuroraSystem
import Foundation
import Testing

@testable import AuroraLive

@Suite("What is kept of services on disk")
struct ServiceFolderTests {
    private func record(_ service: String) -> RunRecord {
        RunRecord(
            service: service, mark: "m", pid: 5, startTicks: .max, bootID: "b", digest: "d", startedAt: Date(timeIntervalSince1970: 1.5),
            stopSignal: "SIGINT", stopGraceSeconds: 2.5, limits: ["memory: 1 bytes"])
    }

    @Test func recordsComeBackUntilTheyAreRemoved() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let folder = try ServiceFolder("\(scratch.path)/services")
        for name in ["web", "db.main"] { try folder.write(record(name)) }
        #expect(try folder.runs() == [record("db.main"), record("web")])
        #expect(scratch.mode("services/web.run") == 0o600)
        #expect(scratch.mode("services") == 0o700)
        folder.remove("web")
        folder.remove("nothing")
        #expect(try folder.runs() == [record("db.main")])
    }

    @Test(arguments: ["", "{", "[]", #"{"pid":"x"}"#, "\u{0}"])
    func damagedFilesAreNoRecordsAndNoCrash(_ text: String) throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let folder = try ServiceFolder(scratch.path)
        try scratch.write(text, to: "web.run")
        try scratch.write(text, to: "stopped.json")
        #expect(try folder.runs().isEmpty)
        #expect(throws: AuroraError.self) { try folder.stopped() }
    }

    @Test func whatIsStoppedComesBack() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let folder = try ServiceFolder(scratch.path)
        #expect(try folder.stopped().isEmpty)
        try folder.writeStopped(["b", "a"])
        #expect(try ServiceFolder(scratch.path).stopped() == ["a", "b"])
        #expect(scratch.mode("stopped.json") == 0o600)
    }
}

@Suite("Control groups")
struct ControlGroupsTests {
    private var limits: ResourceLimits {
        var limits = ResourceLimits()
        (limits.cpus, limits.memoryBytes, limits.processes) = (1.5, 1 << 20, 7)
        return limits
    }

    private func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    @Test func versionTwoHasOneGroupForAll() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let group = "\(scratch.path)/node/aurora-x-web"
        try FileManager.default.createDirectory(atPath: group, withIntermediateDirectories: true)
        for file in ["cgroup.controllers", "node/cgroup.subtree_control"] { try scratch.write("", to: file) }
        for file in ["memory.max", "cpu.max", "pids.max", "cgroup.procs"] { try scratch.write("", to: "node/aurora-x-web/\(file)") }
        let groups = ControlGroups(root: scratch.path, membership: "0::/node\n", prefix: "aurora-x")
        #expect(groups.place(42, service: "web", limits: limits) == ["memory: 1048576 bytes", "cpus: 1.5", "processes: 7"])
        #expect(["memory.max", "cpu.max", "pids.max"].map { text("\(group)/\($0)") } == ["1048576", "150000 100000", "7"])
        #expect(text("\(group)/cgroup.procs")?.hasPrefix("42") == true)
    }

    @Test func versionOneHasOneForEachController() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let group = "\(scratch.path)/memory/node/aurora-x-web"
        try FileManager.default.createDirectory(atPath: group, withIntermediateDirectories: true)
        for file in ["memory.limit_in_bytes", "cgroup.procs"] { try scratch.write("", to: "memory/node/aurora-x-web/\(file)") }
        let groups = ControlGroups(root: scratch.path, membership: "4:memory:/node\n3:cpu,cpuacct:/\n0::/\n", prefix: "aurora-x")
        let told = groups.place(42, service: "web", limits: limits)
        #expect(told.first == "memory: 1048576 bytes")
        #expect(told.dropFirst().allSatisfy { $0.contains("not enforced") })
        #expect(text("\(group)/memory.limit_in_bytes") == "1048576")
    }

    @Test(arguments: ["", "garbage", ":::", "0::relative", "4:memory"])
    func whereThereAreNoneEveryLimitSaysSo(_ membership: String) throws {
        let groups = ControlGroups(root: "/nonexistent", membership: membership, prefix: "aurora-x")
        #expect(groups.place(42, service: "web", limits: limits).count { $0.contains("not enforced, ") } == 3)
        #expect(groups.place(42, service: "web", limits: ResourceLimits()).isEmpty)
        groups.remove("web")
    }

    @Test func senselessLimitsAreNone() {
        var limits = ResourceLimits()
        (limits.cpus, limits.memoryBytes, limits.processes) = (.nan, -1, 0)
        #expect(ControlGroups.settings(limits).isEmpty)
        limits.cpus = .infinity
        #expect(ControlGroups.settings(limits).isEmpty)
    }
}
