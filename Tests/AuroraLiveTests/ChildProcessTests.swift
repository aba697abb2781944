import AuroraModel
import Foundation
import Synchronization
import Testing

@testable import AuroraLive

private func shell(_ script: String) -> ProcessSpec {
    ProcessSpec(executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
}

private func run(_ spec: ProcessSpec, limit: Duration = .seconds(20)) async throws -> CommandResult {
    try await Command.run(spec, limit: limit, clock: ContinuousClock())
}

struct ChildProcessTests {
    @Test func returnsExitCodeAndOutputOfBothStreams() async throws {
        let result = try await run(shell("echo out; echo err >&2; exit 7"))
        #expect(result == CommandResult(ending: .exited(7), output: "out\nerr\n"))
    }

    @Test func tellsTheSignalThatEndedIt() async throws {
        #expect(try await run(shell("kill -9 $$")).ending == .signalled(9))
    }

    @Test func childSeesOnlyTheEnvironmentItIsGiven() async throws {
        let spec = ProcessSpec(executable: "env", environment: ["PATH": "/usr/bin:/bin", "A": "b"])
        #expect(Set(try await run(spec).output.split(separator: "\n")) == ["PATH=/usr/bin:/bin", "A=b"])
    }

    @Test func missingProgramIsNamed() async throws {
        let error = await #expect(throws: AuroraError.self) {
            try await run(ProcessSpec(executable: "no-such-program", environment: [:]))
        }
        #expect(error?.code == .notFound)
        #expect(error?.message == "there is no program 'no-such-program'")
    }

    @Test func grandchildrenEndWithTheChild() async throws {
        let result = try await run(shell("sleep 1000 & echo $!"))
        let grandchild = try #require(Int32(result.output.trimmingCharacters(in: .newlines)))
        try await wait(until: "the grandchild is gone") { !isAlive(grandchild) }
    }

    @Test func cancellingEndsAGroupThatIgnoresThePoliteSignal() async throws {
        let pids = LatestValue<[Int32]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                _ = try? await ChildProcess.run(
                    shell("trap '' TERM; sleep 1000 & echo $! $$; wait; sleep 1000"), grace: .milliseconds(100)
                ) { pids.set(String(decoding: $0, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }) }
            }
            _ = try await wait(for: pids) { $0.count == 2 }
            group.cancelAll()
            try await group.waitForAll()
        }
        for pid in pids.current { try await wait(until: "process \(pid) is gone") { !isAlive(pid) } }
    }

    @Test func commandThatTakesTooLongIsEndedAndNamed() async throws {
        let error = await #expect(throws: AuroraError.self) { try await run(shell("sleep 1000"), limit: .milliseconds(100)) }
        #expect(error?.code == .timedOut)
        #expect(error?.message.contains("'/bin/sh' did not end within") == true)
    }

    @Test func longOutputKeepsItsTail() async throws {
        let result = try await run(shell("head -c 300000 /dev/zero | tr '\\0' x; echo; echo end"))
        #expect(result.output.utf8.count == Command.outputLimit)
        #expect(result.output.hasSuffix("x\nend\n"))
    }
}

struct LineCollectorTests {
    @Test func cutsLinesAcrossPieces() {
        var lines = LineCollector(limit: 10)
        #expect(lines.add(Array("one\ntw".utf8)) == ["one"])
        #expect(lines.add(Array("o\r\n\nthree".utf8)) == ["two"])
        #expect(lines.text == "wo\r\n\nthree")
    }

    @Test func endlessLineIsCut() {
        var lines = LineCollector(limit: 4)
        #expect(lines.add(Array("abcdefgh\n".utf8)) == ["abcd"])
    }
}

struct ChildEnvironmentTests {
    @Test func passesOnWhatAChildNeedsAndNoSecret() {
        let own = ["PATH": "/bin", "DATABASE_URL": "postgresql://a:b@c", "AURORA_TOKEN": "x", "PIP_INDEX_URL": "u", "https_proxy": "p"]
        let passed = ChildEnvironment.minimal(from: own, adding: ["EXTRA": "1"])
        #expect(passed == ["PATH": "/bin", "PIP_INDEX_URL": "u", "https_proxy": "p", "EXTRA": "1"])
    }
}
