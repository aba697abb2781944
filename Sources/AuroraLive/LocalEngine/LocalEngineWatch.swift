import AuroraSystem
import HTTPTypes

/// Tells how the engine is from two sides: whether its process runs, and whether it answers.
struct LocalEngineWatch: Sendable {
    let process: SupervisedProcess
    let url: String
    let model: String
    let http: any HTTPCalling
    let clock: any Clock<Duration>
    /// The process that has answered; a new one starts from the beginning.
    private let answering = LatestValue<Int32?>(nil)

    /// Silence after which a process is taken for hung and started afresh.
    static let patience: Duration = .seconds(120)
    private static let interval = (loading: Duration.milliseconds(200), ready: Duration.seconds(1))

    init(process: SupervisedProcess, url: String, model: String, http: any HTTPCalling, clock: any Clock<Duration>) {
        self.process = process
        self.url = url
        self.model = model
        self.http = http
        self.clock = clock
    }

    /// Runs until it is cancelled.
    func run(report: @escaping @Sendable (LocalEngineState) -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in process.status.changes() { report(state) } }
            group.addTask { await poll(report) }
        }
    }

    private func poll(_ report: @Sendable (LocalEngineState) -> Void) async {
        var silence = Duration.zero
        while !Task.isCancelled {
            let pid = process.status.current.pid
            let interval = pid != nil && pid == answering.current ? Self.interval.ready : Self.interval.loading
            var answered = false
            let took = await clock.measure { answered = await answers() }
            if answered, let pid {
                answering.set(pid)
                report(state)
            }
            silence = answered || pid == nil ? .zero : silence + took + interval
            if silence > Self.patience {
                silence = .zero
                process.interrupt()
            }
            try? await clock.sleep(for: interval)
        }
    }

    private func answers() async -> Bool {
        let call = HTTPCall(.get, "\(url)/health", headTimeout: .seconds(5), idleTimeout: .seconds(5))
        return (try? await http.call(call))?.status == 200
    }

    private var state: LocalEngineState {
        let now = process.status.current
        switch now.state {
        case .starting, .stopped: return LocalEngineState(.starting, now.detail)
        case .running where now.pid == answering.current: return LocalEngineState(.running, "serves '\(model)' on \(url)")
        case .running: return LocalEngineState(.starting, "loading '\(model)'")
        case .backingOff: return LocalEngineState(.backingOff, now.detail)
        case .failed: return LocalEngineState(.failed, now.detail)
        }
    }
}
