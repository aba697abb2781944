import AuroraModel
import AuroraSystem

/// One service as the runtime knows it.
struct ManagedService: Sendable {
    var plan: ProcessPlan
    /// What it becomes when its process, which still runs by the old plan, has ended.
    var pending: ProcessPlan?
    var goal: ServiceGoal
    var phase: ServicePhase
    /// Its process is to end and to be started again.
    var isToRestart = false
    /// Number of its present or last process: news of an earlier one are not taken for news of this one.
    var run = 0
    var pid: Int32?
    var startedAt: Duration?
    var restarts = 0
    var history = RestartHistory()
    var health: HealthWatch?
    var ending: ServiceEnding?
    /// What its log said last, when it failed.
    var lastWords: String?

    init(_ plan: ProcessPlan, goal: ServiceGoal) {
        self.plan = plan
        self.goal = goal
        phase = goal == .run ? .waiting : .stopped
    }

    /// Whether its process has to be asked to end.
    var mustStop: Bool { phase == .running && (goal != .run || isToRestart) }

    /// When something is to be done about it next, without any news.
    var nextDue: Duration? {
        switch phase {
        case .stopping(let killAt): killAt
        case .backingOff(let until), .crashLoop(let until): until
        case .running: health?.nextProbe
        default: nil
        }
    }

    mutating func began(pid: Int32, at now: Duration) {
        (self.pid, startedAt, phase) = (pid, now, .running)
        (ending, lastWords) = (nil, nil)
        health = plan.healthcheck.map { HealthWatch($0, startedAt: now) }
    }

    /// The plan that holds from now on, when there is no process any more.
    mutating func takePending() {
        if let pending { plan = pending }
        pending = nil
    }

    /// Started afresh by the operator: nothing of before counts.
    mutating func forgetTrouble() {
        history = RestartHistory()
        (ending, lastWords) = (nil, nil)
    }
}
