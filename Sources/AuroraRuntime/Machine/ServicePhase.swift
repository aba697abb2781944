/// What a service is doing. Times are seconds since the runtime began.
enum ServicePhase: Sendable, Equatable {
    /// Wanted, and held up by a dependency.
    case waiting
    /// It is being started; there is no process yet that could be told anything.
    case starting
    case running
    /// It was asked to end, and is killed at `killAt`.
    case stopping(killAt: Duration)
    /// It ended and is started again.
    case backingOff(until: Duration)
    /// It failed again and again; tried slowly.
    case crashLoop(until: Duration)
    case stopped
    /// It ended with 0, and is not started again.
    case completed
    /// It failed, and is not started again.
    case failed

    /// Whether there is, or may be, a process.
    var isLive: Bool {
        switch self {
        case .starting, .running, .stopping: true
        default: false
        }
    }

    var isStopping: Bool {
        if case .stopping = self { true } else { false }
    }

    /// The word that people and programs see.
    var word: String {
        switch self {
        case .waiting: "waiting"
        case .starting: "starting"
        case .running: "running"
        case .stopping: "stopping"
        case .backingOff: "backing-off"
        case .crashLoop: "crash-loop"
        case .stopped: "stopped"
        case .completed: "completed"
        case .failed: "failed"
        }
    }
}

/// What is wanted of a service.
enum ServiceGoal: Sendable, Equatable {
    case run
    /// Stopped, by the operator or because the node stops.
    case rest
    /// No longer in any plan: it is forgotten when its process has ended.
    case gone
}
