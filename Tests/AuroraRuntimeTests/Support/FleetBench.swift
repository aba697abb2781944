import AuroraModel
import AuroraSystem
import Foundation

@testable import AuroraRuntime

/// A fleet with a clock of its own, and a short way to say what happens to it.
struct FleetBench {
    var fleet = Fleet()
    var now = Duration.zero

    init(_ plans: ProcessPlan..., resting: Set<String> = [], found: [RunRecord] = []) {
        first = fleet.handle(.plans(plans, found: found, resting: resting), at: now)
    }

    /// What came of the plans.
    private(set) var first: [Fleet.Action] = []

    mutating func handle(_ event: Fleet.Event) -> [Fleet.Action] { fleet.handle(event, at: now) }

    mutating func pass(_ seconds: Double) -> [Fleet.Action] {
        now += .milliseconds(Int(seconds * 1000))
        return handle(.tick)
    }

    mutating func started(_ name: String, pid: Int32 = 100) -> [Fleet.Action] { handle(.started(name, run: run(name), pid: pid)) }

    mutating func ended(_ name: String, _ ending: ServiceEnding = .exited(0), words: String? = nil) -> [Fleet.Action] {
        handle(.ended(name, run: run(name), ending, lastWords: words))
    }

    mutating func probed(_ name: String, _ failure: String? = nil) -> [Fleet.Action] {
        handle(.probed(name, run: run(name), failure: failure))
    }

    func run(_ name: String) -> Int { fleet.services[name]?.run ?? -1 }

    func state(_ name: String) -> String? { fleet.services[name]?.phase.word }

    func detail(_ name: String) -> String? { fleet.report(name, nil, at: now)?.detail }
}

extension [Fleet.Action] {
    var launched: [String] { compactMap { if case .launch(let plan, _) = $0 { plan.name } else { nil } } }
    var signalled: [String] { compactMap { if case .signal(let name, _) = $0 { name } else { nil } } }
    var killed: [String] { compactMap { if case .kill(let name) = $0 { name } else { nil } } }
    var watched: [String] { compactMap { if case .watch(let name, _) = $0 { name } else { nil } } }
    var probed: [String] { compactMap { if case .probe(let plan, _) = $0 { plan.name } else { nil } } }
    var told: [Fleet.Notice] { compactMap { if case .tell(_, let notice) = $0 { notice } else { nil } } }
}

/// A plan with little to say.
func plan(
    _ name: String, restart: RestartPolicy = .always, needs: [ServiceDependency] = [], check: HealthCheck? = nil, grace: Double = 10,
    script: String = "exec sleep 1000"
) -> ProcessPlan {
    ProcessPlan(
        name: name, arguments: ["/bin/sh", "-c", script], folder: "/", healthcheck: check, restart: restart, dependsOn: needs,
        stopGraceSeconds: grace)
}

func record(_ plan: ProcessPlan, pid: Int32 = 77, digest: String? = nil) -> RunRecord {
    RunRecord(
        service: plan.name, mark: "mark-\(plan.name)", pid: pid, startTicks: 1, bootID: "boot", digest: digest ?? plan.launchDigest,
        startedAt: Date(timeIntervalSince1970: 1_790_000_000), stopSignal: plan.stopSignal, stopGraceSeconds: plan.stopGraceSeconds)
}

func check(interval: Double = 30, startPeriod: Double = 0, retries: Int = 3) -> HealthCheck {
    var check = HealthCheck(.tcp(1))
    (check.interval, check.startPeriod, check.retries) = (interval, startPeriod, retries)
    return check
}
