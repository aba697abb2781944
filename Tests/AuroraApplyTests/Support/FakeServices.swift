import AuroraApply
import AuroraModel
import AuroraSystem
import Foundation
import Synchronization

/// Services that run or do not: `service start NAME`, `service verify NAME`, `service stop NAME`.
final class FakeServices: CommandRunner, StepPerformer, Sendable {
    private let names: Mutex<Set<String>>
    private let broken: Set<String>
    private let onStart: @Sendable (String) -> Void

    /// - Parameters:
    ///   - broken: those that never come up.
    ///   - onStart: what a service does to the machine when it starts.
    init(running: Set<String> = [], broken: Set<String> = [], onStart: @escaping @Sendable (String) -> Void = { _ in }) {
        names = Mutex(running)
        self.broken = broken
        self.onStart = onStart
    }

    var running: Set<String> { names.withLock(\.self) }

    func run(_ call: CommandCall, onLine: @escaping @Sendable (String) -> Void) async throws -> CommandEnd {
        guard call.program == "service" else {
            throw AuroraError(.notFound, "there is no program '\(call.program)'", hint: "install it")
        }
        return end(call)
    }

    func end(_ call: CommandCall) -> CommandEnd {
        let name = call.arguments.last ?? ""
        switch call.arguments.first {
        case "start": set(name, true)
        case "stop": set(name, false)
        default:
            let isRunning = running.contains(name)
            return CommandEnd(exitCode: isRunning ? 0 : 1, sentence: "ended with \(isRunning ? 0 : 1)", output: "")
        }
        let failed = call.arguments.first == "start" && broken.contains(name)
        return CommandEnd(exitCode: failed ? 3 : 0, sentence: "ended with \(failed ? 3 : 0)", output: failed ? "no room for \(name)\n" : "")
    }

    func start(_ work: CustomWork) async throws { set(work.name, true) }
    func stop(_ work: CustomWork) async throws { set(work.name, false) }
    func isRunning(_ work: CustomWork) async throws -> Bool { running.contains(work.name) }

    private func set(_ name: String, _ runs: Bool) {
        if runs, !broken.contains(name) {
            onStart(name)
            names.withLock { _ = $0.insert(name) }
        } else {
            names.withLock { _ = $0.remove(name) }
        }
    }

    static func activity(_ name: String) -> Activity {
        .commands(
            CommandWork(
                start: PlannedCommand("service", ["start", name]), verify: PlannedCommand("service", ["verify", name]),
                stop: PlannedCommand("service", ["stop", name])))
    }
}

/// Kept services that a test can disturb.
final class FakeKept: KeptWatching, Sendable {
    private let prints: Mutex<[Fingerprint]>

    init(_ prints: [Fingerprint] = [Fingerprint(name: "database", pid: 812, startTicks: 4_711, ports: [PortKey(5432)])]) {
        self.prints = Mutex(prints)
    }

    func set(_ value: [Fingerprint]) { prints.withLock { $0 = value } }
    func fingerprints() async throws -> [Fingerprint] { prints.withLock(\.self) }
}
