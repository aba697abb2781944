import AuroraLive
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import Testing

@testable import AuroraRuntime

/// Plans that a test may change.
final class PlanList: ServiceSource {
    private let list: Mutex<[ProcessPlan]>

    init(_ plans: [ProcessPlan]) { list = Mutex(plans) }

    func set(_ plans: [ProcessPlan]) { list.withLock { $0 = plans } }

    func plans() throws(AuroraError) -> [ProcessPlan] { list.withLock { $0 } }
}

/// A runtime with real processes, for the time of one test.
struct RunningRuntime: Sendable {
    let folder: String
    let runtime: RuntimeService
    let source: PlanList

    static func with(
        _ plans: @Sendable (String) -> [ProcessPlan], _ body: @Sendable (RunningRuntime) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in try await with(folder, PlanList(plans(folder)), body) }
    }

    static func with(_ folder: String, _ source: PlanList, _ body: @Sendable (RunningRuntime) async throws -> Void) async throws {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let services = folder + "/services"
        let runtime = RuntimeService(
            source: source, processes: try LiveProcesses.make(services),
            ledger: try ServiceFolder(services), logger: logger)
        let group = ServiceGroup(services: [runtime], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let seen: Result<Void, any Error>
            do { seen = .success(try await body(RunningRuntime(folder: folder, runtime: runtime, source: source))) } catch {
                seen = .failure(error)
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try seen.get()
        }
    }

    /// Waits until a service is as wanted, and returns it.
    @discardableResult
    func until(_ name: String, _ wanted: @escaping @Sendable (ServiceReport) -> Bool) async throws -> ServiceReport {
        let came = await eventually { await runtime.report(name).map(wanted) ?? false }
        let report = try #require(await runtime.report(name))
        try #require(came, "last seen: \(report)")
        return report
    }

    /// The process of a service that runs, once it is another one than `old`.
    func pid(_ name: String, not old: Int32 = 0) async throws -> Int32 {
        try await until(name) { $0.state == "running" && $0.pid != old }.pid ?? 0
    }

    func text(_ name: String) -> String { (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? "" }

    /// What the ledger's record of a service says.
    func record(_ name: String) -> RunRecord? { (try? ServiceFolder(folder + "/services").runs())?.first { $0.service == name } }
}

func isAlive(_ pid: Int32) -> Bool {
    guard kill(pid, 0) == 0 else { return false }
    guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return stat[(stat.lastIndex(of: ")") ?? stat.startIndex)...].split(separator: " ").dropFirst().first != "Z"
}

/// The parts that touch the machine.
enum LiveProcesses {
    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static func make(_ folder: String) throws -> LiveServiceProcesses {
        try LiveServiceProcesses(folder: folder, http: NoHTTP())
    }

    static func ledger(_ folder: String) throws -> ServiceFolder { try ServiceFolder(folder) }
}

/// For services whose checks ask nobody over HTTP.
private struct NoHTTP: HTTPCalling {
    func call(_ call: HTTPCall) async throws -> HTTPReply { throw AuroraError(.unavailable, "nobody answers at '\(call.url)'") }
}
