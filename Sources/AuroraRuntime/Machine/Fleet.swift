import AuroraModel
import AuroraSystem

/// All services of the node: what became of them, and what is to be done next.
///
/// A value without clocks, processes or files. Events go in with the time (since the runtime began), actions come out.
struct Fleet: Sendable {
    enum Event: Sendable, Equatable {
        /// What is to run from now on, and, at the start, what still runs from before.
        case plans([ProcessPlan], found: [RunRecord], resting: Set<String>)
        case started(String, run: Int, pid: Int32)
        /// Nothing of the process is left.
        case ended(String, run: Int, ServiceEnding, lastWords: String?)
        case probed(String, run: Int, failure: String?)
        case start(String)
        case stop(String)
        case restart(String)
        /// The node stops.
        case shutdown
        case tick
    }

    enum Action: Sendable, Equatable {
        case launch(ProcessPlan, run: Int)
        /// Wait for the end of a process that an earlier run of the node started.
        case watch(String, run: Int)
        case signal(String, String)
        case kill(String)
        case probe(ProcessPlan, run: Int)
        case tell(String, Notice)
    }

    /// What the node's log says of a service.
    enum Notice: Sendable, Equatable {
        case failed(ServiceEnding, lastWords: String?, again: Duration?)
        case crashLoop(ServiceEnding, lastWords: String?, failures: Int)
        case takenOver(pid: Int32)
        case killed
        case unhealthy(String)
        case healthyAgain
    }

    /// A process that does not end when it is killed is killed again after this.
    static let killPause = Duration.seconds(10)

    var services: [String: ManagedService] = [:]
    /// Names in the order in which they are looked at.
    var order: [String] = []
    private(set) var isEnding = false
    var lastRun = 0

    init() {}

    /// Whether no process is left.
    var isQuiet: Bool { !services.values.contains { $0.phase.isLive } }

    /// When `tick` has something to do.
    var nextDue: Duration? { services.values.compactMap(\.nextDue).min() }

    mutating func handle(_ event: Event, at now: Duration) -> [Action] {
        take(event, at: now) + settle(at: now)
    }

    private mutating func take(_ event: Event, at now: Duration) -> [Action] {
        switch event {
        case .plans(let plans, let found, let resting):
            return adopt(found, plans, resting: resting, at: now) + replace(with: plans, resting: resting)
        case .started(let name, let run, let pid):
            change(name, run: run) { $0.began(pid: pid, at: now) }
        case .ended(let name, let run, let ending, let lastWords):
            return end(name, run: run, ending, lastWords: lastWords, at: now)
        case .probed(let name, let run, let failure):
            return judge(name, run: run, failure, at: now)
        case .start(let name): start(name)
        case .stop(let name): if services[name]?.goal == .run { services[name]?.goal = .rest }
        case .restart(let name):
            start(name)
            if services[name]?.phase.isLive == true { services[name]?.isToRestart = true }
        case .shutdown:
            isEnding = true
            for name in order where services[name]?.goal == .run { services[name]?.goal = .rest }
        case .tick: break
        }
        return []
    }

    /// Tried at once, whatever came before.
    private mutating func start(_ name: String) {
        guard !isEnding, var service = services[name], service.goal != .gone else { return }
        service.goal = .run
        if !service.phase.isLive {
            service.forgetTrouble()
            service.phase = .waiting
        }
        services[name] = service
    }

    private mutating func change(_ name: String, run: Int, _ body: (inout ManagedService) -> Void) {
        guard var service = services[name], service.run == run else { return }
        body(&service)
        services[name] = service
    }

    private mutating func judge(_ name: String, run: Int, _ failure: String?, at now: Duration) -> [Action] {
        guard let before = services[name], before.run == run, before.phase == .running else { return [] }
        services[name]?.health?.record(failure, at: now)
        switch (before.health?.state, services[name]?.health?.state) {
        case (.starting, .unhealthy), (.healthy, .unhealthy): return [.tell(name, .unhealthy(failure ?? ""))]
        case (.unhealthy, .healthy): return [.tell(name, .healthyAgain)]
        default: return []
        }
    }

    private mutating func end(_ name: String, run: Int, _ ending: ServiceEnding, lastWords: String?, at now: Duration) -> [Action] {
        guard var service = services[name], service.run == run, service.phase.isLive else { return [] }
        let uptime = service.startedAt.map { now - $0 }
        let wasAskedTo = service.phase.isStopping || service.goal != .run || service.isToRestart
        (service.pid, service.startedAt, service.health, service.isToRestart) = (nil, nil, nil, false)
        (service.ending, service.lastWords) = (ending, ending.succeeded ? nil : lastWords)
        service.takePending()
        var notice: Notice?
        if wasAskedTo {
            service.phase = service.goal == .run ? .waiting : .stopped
        } else {
            (service.phase, notice) = Self.follow(&service, ending, uptime: uptime, at: now)
        }
        services[name] = service
        return notice.map { [.tell(name, $0)] } ?? []
    }

    private static func follow(
        _ service: inout ManagedService, _ ending: ServiceEnding, uptime: Duration?, at now: Duration
    ) -> (ServicePhase, Notice?) {
        let words = service.lastWords
        switch service.history.decide(after: ending, uptime: uptime, policy: service.plan.restart) {
        case .stay(let phase):
            return (phase, phase == .failed ? .failed(ending, lastWords: words, again: nil) : nil)
        case .again(let pause, isLoop: true):
            let notice = Notice.crashLoop(ending, lastWords: words, failures: service.history.failuresInRow)
            return (.crashLoop(until: now + pause), notice)
        case .again(let pause, isLoop: false):
            return (.backingOff(until: now + pause), ending.succeeded ? nil : .failed(ending, lastWords: words, again: pause))
        }
    }
}
