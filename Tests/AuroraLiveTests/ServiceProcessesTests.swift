import AuroraModel
import AuroraSystem
import Foundation
import Synchronization
import Testing

@testable import AuroraLive

/// Launches a plan and hands its record to the body, while it runs; afterwards nothing of it is left.
private func whileRunning(
    _ plan: ProcessPlan, _ processes: LiveServiceProcesses, _ body: @escaping @Sendable (RunRecord) async throws -> Void
) async throws -> ServiceEnding {
    let records = LatestValue<RunRecord?>(nil)
    return try await withThrowingTaskGroup(of: ServiceEnding.self) { group in
        group.addTask { try await processes.launch(plan) { records.set($0) } }
        let record = try #require(try await wait(for: records) { $0 != nil })
        defer { processes.kill(record) }
        try await body(record)
        let ending = try #require(try await group.next())
        await processes.finish(record, isFresh: true)
        return ending
    }
}

private func plan(_ script: String, in scratch: Scratch, _ change: (inout ProcessPlan) -> Void = { _ in }) -> ProcessPlan {
    var plan = ProcessPlan(
        name: "sample", arguments: ["sh", "-c", script], environment: [EnvironmentVariable("SAMPLE", "a b")], folder: scratch.path,
        stopGraceSeconds: 0.2)
    change(&plan)
    return plan
}

@Suite("Processes of services", .timeLimit(.minutes(1)))
struct ServiceProcessesTests {
    private func processes(_ scratch: Scratch) throws -> LiveServiceProcesses {
        try LiveServiceProcesses(folder: "\(scratch.path)/services", http: CurlHTTP())
    }

    @Test func getTheWholeEnvironmentThatWasPlannedAndNoMore() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let processes = try processes(scratch)
        let ending = try await processes.launch(plan("env; pwd; cat", in: scratch)) { _ in }
        #expect(ending == .exited(0))
        let lines = Set((scratch.text("services/sample.log") ?? "").split(separator: "\n").map(String.init))
        let names = Set(lines.map { $0.prefix { $0 != "=" } }.map(String.init))
        #expect(
            names.isSubset(of: ["PATH", "HOME", "SAMPLE", "AURORA_SERVICE", "AURORA_RUN", "PWD", "OLDPWD", "_", "SHLVL", scratch.path]))
        #expect(lines.isSuperset(of: ["SAMPLE=a b", "AURORA_SERVICE=sample", scratch.path]))
        #expect(scratch.mode("services/sample.log") == 0o600)
    }

    @Test func haveASessionAndAGroupOfTheirOwn() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let processes = try processes(scratch)
        let ending = try await whileRunning(plan("exec sleep 1000", in: scratch), processes) { record in
            #expect(getsid(record.pid) == record.pid)
            #expect(getpgid(record.pid) == record.pid)
            #expect(processes.isRunning(record))
            var other = record
            other.startTicks += 1
            #expect(!processes.isRunning(other))
            processes.signal(record, "SIGTERM")
        }
        #expect(ending == .signalled(SIGTERM))
    }

    @Test func doNothingWhenTheirRecordCannotBeKept() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let processes = try processes(scratch)
        await #expect(throws: AuroraError(.failed, "no room")) {
            _ = try await processes.launch(plan("touch \(scratch.path)/ran", in: scratch)) { _ in throw AuroraError(.failed, "no room") }
        }
        #expect(!scratch.has("ran"))
    }

    @Test func endWithTheirWholeGroupAndWhatLeftIt() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let processes = try processes(scratch)
        // One child in the group, and one in a session of its own whose parent is gone, both deaf to polite signals.
        let script = """
            trap '' TERM
            sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 1; done' &
            sh -c 'setsid sh -c "trap \\"\\" TERM; echo \\$\\$ > far; while :; do sleep 1; done" & '
            while :; do sleep 1; done
            """
        let pids = Mutex<[Int32]>([])
        _ = try await whileRunning(plan(script, in: scratch), processes) { record in
            for name in ["child", "far"] { try await wait(until: "\(name) runs") { scratch.text(name)?.hasSuffix("\n") == true } }
            let found = ["child", "far"].compactMap { scratch.text($0).flatMap { Int32($0.trimmingCharacters(in: .newlines)) } }
            pids.withLock { $0 = found + [record.pid] }
            #expect(found.count == 2)
            processes.kill(record)
        }
        for pid in pids.withLock({ $0 }) { try await wait(until: "process \(pid) is gone") { !isAlive(pid) } }
    }

    @Test func leaveNothingBehindWhenTheirShellIsKilled() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let processes = try processes(scratch)
        let child = Mutex<Int32>(0)
        let ending = try await whileRunning(plan("sleep 1000 & echo $! > child; wait", in: scratch), processes) { record in
            try await wait(until: "the child runs") { scratch.text("child")?.hasSuffix("\n") == true }
            let found = Int32((scratch.text("child") ?? "").trimmingCharacters(in: .newlines)) ?? 0
            child.withLock { $0 = found }
            kill(record.pid, SIGKILL)
        }
        #expect(ending == .signalled(SIGKILL))
        try await wait(until: "the child is gone") { !isAlive(child.withLock { $0 }) }
    }

    @Test func runOnWhenTheirLogHasNoRoom() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let processes = try processes(scratch)
        try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/services/sample.log", withDestinationPath: "/dev/full")
        let ending = try await processes.launch(plan("echo lost; echo lost too; exit 7", in: scratch)) { _ in }
        #expect(ending == .exited(7))
        processes.trimLog(of: "sample")
        #expect(processes.logTail(of: "sample", lines: 5).bytes.isEmpty)
    }

    @Test func getTheirFoldersAndFilesFirst() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let sample = plan("cat etc/a.conf", in: scratch) { plan in
            plan.folders = ["\(scratch.path)/data/deep"]
            plan.files = [PlannedFile(path: "\(scratch.path)/etc/a.conf", contents: "secret\n", mode: 0o600)]
        }
        #expect(try await processes(scratch).launch(sample) { _ in } == .exited(0))
        #expect(scratch.text("services/sample.log") == "secret\n")
        #expect(scratch.mode("etc/a.conf") == 0o600)
        #expect(scratch.mode("data/deep") == 0o700)
    }

    @Test func sayWhyTheyCannotStart() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let processes = try processes(scratch)
        func failure(_ change: (inout ProcessPlan) -> Void) async -> String? {
            do {
                _ = try await processes.launch(plan("true", in: scratch, change)) { _ in }
                return nil
            } catch { return (error as? AuroraError)?.message }
        }
        #expect(await failure { $0.arguments = ["no-such-program"] }?.hasPrefix("there is no program 'no-such-program' in PATH") == true)
        #expect(
            await failure { $0.arguments = ["./nothing"] } == "there is no program '\(scratch.path)/./nothing' that may be executed")
        #expect(await failure { $0.folder = "/nonexistent" } == "there is no folder '/nonexistent' to run service 'sample' in")
        #expect(
            await failure { $0.user = "no-such-user" } == "service 'sample' is to run as 'no-such-user', and there is no such user")
        #expect(
            await failure { $0.files = [PlannedFile(path: "/proc/nothing/x", contents: "")] }?.hasPrefix("cannot create the folder") == true
        )
    }

    @Test(.enabled(if: geteuid() == 0, "only root may become another user"))
    func runAsTheirUser() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        chmod(scratch.path, 0o755)
        let sample = plan("id -u; id -g; test -w own && echo writable", in: scratch) { plan in
            plan.user = "nobody"
            plan.folders = ["\(scratch.path)/own"]
        }
        #expect(try await processes(scratch).launch(sample) { _ in } == .exited(0))
        #expect(scratch.text("services/sample.log") == "65534\n65534\nwritable\n")
    }

    @Test func anotherUserIsRefusedToWhoIsNotRoot() throws {
        let error = #expect(throws: AuroraError.self) {
            try ServiceAccount.resolve("0:0", service: "web", ownUser: 1000, ownGroup: 1000)
        }
        #expect(error?.code == .refused)
        #expect(error?.message == "service 'web' is to run as '0:0', and this node is not root")
        #expect(try !ServiceAccount.resolve("1000", service: "web", ownUser: 1000, ownGroup: 1000).isOther)
    }
}

@Suite("Health checks", .timeLimit(.minutes(1)))
struct HealthProbeTests {
    private func probe(_ test: HealthCheck.Test, limit: Duration = .seconds(10)) async throws -> String? {
        let scratch = try Scratch()
        defer { scratch.remove() }
        return await HealthProbe(http: CurlHTTP(), clock: ContinuousClock()).run(test, of: plan("true", in: scratch), limit: limit)
    }

    @Test func commandsRunWithTheEnvironmentOfTheService() async throws {
        #expect(try await probe(.command(["sh", "-c", "test \"$SAMPLE\" = 'a b'"])) == nil)
        #expect(try await probe(.shell("test \"$SAMPLE\" = 'a b'")) == nil)
        #expect(try await probe(.shell("echo broken; exit 3")) == "'/bin/sh' ended with exit code 3: broken")
        #expect(try await probe(.command(["no-such-program"])) == "there is no program 'no-such-program'")
        #expect(try await probe(.command([])) == "the check names no program")
    }

    @Test func aCheckThatHangsFails() async throws {
        #expect(try await probe(.shell("sleep 1000"), limit: .milliseconds(200))?.contains("did not end within") == true)
    }

    @Test func portsAndPages() async throws {
        let port = try FreePort.find()
        #expect(try await probe(.tcp(port)) == "nobody takes connections at port \(port)")
        #expect(try await probe(.tcp(-1)) != nil)
        #expect(try await probe(.http("http://127.0.0.1:\(port)/")) != nil)
        let listener = try #require(Listening())
        defer { listener.close() }
        #expect(try await probe(.tcp(listener.port)) == nil)
    }
}

/// A socket that takes connections.
private struct Listening {
    let port: Int
    private let descriptor: Int32

    init?() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let socket = descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 8) == 0 && getsockname(socket, $0, &size) == 0
            }
        }
        guard bound else { return nil }
        port = Int(UInt16(bigEndian: address.sin_port))
    }

    func close() { _ = Foundation.close(descriptor) }
}
