public import AuroraModel
import AuroraSystem
public import Foundation

/// A service as it is now, for people and programs.
public struct ServiceReport: Sendable, Equatable {
    public var name: String
    public var state: String
    /// `starting`, `healthy`, `unhealthy`; nil without a check, and while it does not run.
    public var health: String?
    /// One sentence: what it does and why.
    public var detail: String
    public var pid: Int32?
    public var startedAt: Date?
    public var restarts: Int
    /// Of its last process, when that ended by itself.
    public var exitCode: Int32?
    public var ports: [PortMapping]
    public var restart: RestartPolicy
    /// Which limits hold and which do not.
    public var limits: [String]
    /// Nothing about it will change without news: it runs, rests, or waits for something.
    public var isSettled: Bool
}

extension Fleet {
    /// In the order of their names.
    func reports(runs: [String: RunRecord], at now: Duration) -> [ServiceReport] {
        services.keys.sorted().compactMap { report($0, runs[$0], at: now) }
    }

    func report(_ name: String, _ record: RunRecord?, at now: Duration) -> ServiceReport? {
        guard let service = services[name] else { return nil }
        return ServiceReport(
            name: name, state: service.phase.word, health: service.health?.state.rawValue, detail: detail(of: service, at: now),
            pid: service.pid, startedAt: service.pid == nil ? nil : record?.startedAt, restarts: service.restarts,
            exitCode: service.ending?.exitCode, ports: service.plan.ports, restart: service.plan.restart,
            limits: service.pid == nil ? [] : record?.limits ?? [], isSettled: !service.mustStop && service.phase.isSettled)
    }

    private func detail(of service: ManagedService, at now: Duration) -> String {
        switch service.phase {
        case .waiting: obstacle(to: service) ?? "is about to start"
        case .starting: "is being started"
        case .running: Self.running(service)
        case .stopping(let killAt): "was asked to end; is killed in \(Self.seconds(killAt - now)) s"
        case .backingOff(let until): "\(Self.end(service)); starts again in \(Self.seconds(until - now)) s"
        case .crashLoop(let until):
            "failed \(service.history.failuresInRow) times in a row, last it \(Self.end(service)); is tried again in \(Self.seconds(until - now)) s"
        case .stopped: "is stopped"
        case .completed: "has done its work"
        case .failed: "\(Self.end(service)); is not started again"
        }
    }

    private static func running(_ service: ManagedService) -> String {
        switch service.health?.state {
        case .starting: "runs, not healthy yet" + (service.health?.trouble.map { ": \($0)" } ?? "")
        case .unhealthy: "runs, but is unhealthy: \(service.health?.trouble ?? "")"
        case .healthy, nil: "runs"
        }
    }

    private static func end(_ service: ManagedService) -> String {
        (service.ending?.sentence ?? "ended") + (service.lastWords.map { ", its last words: '\($0)'" } ?? "")
    }

    private static func seconds(_ rest: Duration) -> Int64 { max(0, rest.components.seconds) }
}

extension ServicePhase {
    fileprivate var isSettled: Bool {
        switch self {
        case .starting, .stopping: false
        default: true
        }
    }
}
