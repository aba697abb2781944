import AuroraModel
import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import AuroraLive

@Suite("Watching the GPUs of a machine")
struct GPUWatchTests {
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func script(_ name: String, _ text: String, in scratch: Scratch) throws {
        try scratch.write("#!/bin/sh\n\(text)\n", to: name)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(scratch.path)/\(name)")
    }

    /// Runs a watch over fake tools in a folder of their own until the body returns.
    private func watching(
        _ scratch: Scratch, _ tools: [GPUTool] = [Self.nvidia, Self.amd], clock: any Clock<Duration> = ContinuousClock(),
        _ body: @Sendable (GPUWatch) async throws -> Void
    ) async throws {
        let watch = GPUWatch(tools: tools, environment: ["PATH": "\(scratch.path):/bin:/usr/bin"], clock: clock, logger: Self.quiet)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await watch.run() }
            try await body(watch)
            group.cancelAll()
        }
    }

    /// The real tools, looked for in the scratch folder only.
    private static let nvidia = only(GPUTool.nvidia)
    private static let amd = only(GPUTool.amd)

    private static func only(_ tool: GPUTool, limit: Duration? = nil) -> GPUTool {
        GPUTool(name: tool.name, arguments: tool.arguments, folders: [], limit: limit ?? tool.limit, read: tool.read)
    }

    @Test func theGPUsOfAllToolsAreOneList() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try script("nvidia-smi", "echo \"$@\" > \(scratch.path)/asked; echo '0, NVIDIA L4, 23034, 512, 7, 41'", in: scratch)
        try script("rocm-smi", #"echo 'WARNING: low power' >&2; echo '{"card0":{"Card Series":"Radeon","GPU use (%)":"3"}}'"#, in: scratch)
        try await watching(scratch) { watch in
            let gpus = try await wait(for: watch.gpus) { $0.count == 2 }
            #expect(gpus.map(\.name) == ["NVIDIA L4", "Radeon"])
            #expect(gpus.map(\.utilisationPercent) == [7, 3])
            #expect(scratch.text("asked") == "--query-gpu=\(NvidiaText.columns) --format=csv,noheader,nounits\n")
        }
    }

    @Test func aMachineWithoutToolsHasNoGPUs() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let clock = InstantClock()
        try await watching(scratch, clock: clock) { watch in
            try await wait(until: "the watch has looked a few times") { clock.sleeps.count > 3 }
            #expect(watch.gpus.current == [])
        }
    }

    @Test func aToolThatIsInstalledLaterIsFound() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let clock = StoppableClock()
        try await watching(scratch, clock: clock) { watch in
            try await wait(until: "the watch has looked once") { clock.rounds > 0 }
            try script("nvidia-smi", "echo '0, NVIDIA L4, 23034, 512, 7, 41'", in: scratch)
            clock.release()
            _ = try await wait(for: watch.gpus) { $0.count == 1 }
        }
    }

    @Test func aToolThatFailsIsForgivenForAWhileAndThenItsGPUsAreGone() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let mark = "\(scratch.path)/broken"
        try script(
            "nvidia-smi", "echo x >> \(scratch.path)/calls; [ -e \(mark) ] && exit 9; echo '0, NVIDIA L4, 23034, 512, 7, 41'", in: scratch)
        let clock = StoppableClock()
        try await watching(scratch, [Self.nvidia], clock: clock) { watch in
            _ = try await wait(for: watch.gpus) { $0.count == 1 }
            try scratch.write("", to: "broken")
            clock.release()
            _ = try await wait(for: watch.gpus) { $0.isEmpty }
            let calls = scratch.text("calls")?.split(separator: "\n").count ?? 0
            #expect(calls > 6)
        }
    }

    @Test func aToolThatHangsIsEndedAndHoldsUpNothing() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try script("nvidia-smi", "exec sleep 600", in: scratch)
        try script("rocm-smi", #"echo '{"card0":{"Card Series":"Radeon"}}'"#, in: scratch)
        try await watching(scratch, [Self.only(.nvidia, limit: .milliseconds(100)), Self.amd]) { watch in
            let gpus = try await wait(for: watch.gpus) { $0.count == 1 }
            #expect(gpus.map(\.name) == ["Radeon"])
        }
    }

    @Test func onlyProgramsCountAsTools() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write("no program", to: "nvidia-smi")
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/rocm-smi", withIntermediateDirectories: true)
        let environment = ["PATH": "relative:\(scratch.path)::"]
        #expect(Self.nvidia.path(in: environment) == nil)
        #expect(Self.amd.path(in: environment) == nil)
        #expect(Self.nvidia.path(in: [:]) == nil)
    }
}
