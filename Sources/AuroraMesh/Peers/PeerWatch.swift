public import AuroraModel
public import AuroraSystem
public import Logging
public import ServiceLifecycle
import Synchronization

/// Asks every other node for its report, again and again, and tells a `PeerSink` who is there and who is gone.
///
/// Each node is asked by a task of its own, so that a silent one delays none.
public final class PeerWatch: Service, Sendable {
    /// A node that dies in the worst moment is out after `interval` and two time-outs: 1.9 s.
    public struct Pace: Sendable {
        /// From the end of a call to the start of the next one; half of it while the node is gone, and none after a first silence.
        public var interval: Duration
        /// For one call, connecting and body included.
        public var timeout: Duration
        /// Silent calls in a row that are forgiven.
        public var missesAllowed: Int
        /// Largest report, in bytes.
        public var reportLimit: Int

        public init(
            interval: Duration = .milliseconds(500), timeout: Duration = .milliseconds(700), missesAllowed: Int = 1,
            reportLimit: Int = 4 << 20
        ) {
            self.interval = interval
            self.timeout = timeout
            self.missesAllowed = missesAllowed
            self.reportLimit = reportLimit
        }
    }

    private let targets: @Sendable () -> [PeerTarget]
    private let token: Secret?
    private let sink: any PeerSink
    private let board: PeerBoard
    private let probe: PeerProbe
    private let pace: Pace
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let watched = Mutex<Set<PeerTarget>>([])

    /// - Parameters:
    ///   - targets: who is to be asked now, at most one for each name; looked at again every `interval`.
    ///   - token: what the others are shown; nil where they ask for none.
    public init(
        me: NodeIdentity, targets: @escaping @Sendable () -> [PeerTarget], token: Secret?, sink: any PeerSink, board: PeerBoard,
        http: any HTTPCalling, pace: Pace = Pace(), clock: any Clock<Duration> = ContinuousClock(), logger: Logger
    ) {
        self.targets = targets
        self.token = token
        self.sink = sink
        self.board = board
        self.pace = pace
        self.clock = clock
        self.logger = logger
        probe = PeerProbe(me: me, token: token, http: http, timeout: pace.timeout, limit: pace.reportLimit)
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            await withDiscardingTaskGroup { group in
                repeat {
                    for target in newTargets() { group.addTask { await self.watch(target) } }
                } while (try? await clock.sleep(for: pace.interval)) != nil
            }
        }
    }

    private func newTargets() -> [PeerTarget] {
        let wanted = targets()
        return watched.withLock { watched in
            // The watch of a name that changed its place ends first, or it would report the node gone that the new one found.
            let fresh = wanted.filter { target in !watched.contains { $0.name == target.name } }
            watched.formUnion(fresh)
            return fresh
        }
    }

    /// Until the node is no target any more, or the node that we are stops.
    private func watch(_ target: PeerTarget) async {
        var watch = OnePeer(target: target, health: PeerHealth(missesAllowed: pace.missesAllowed))
        board.set(watch.status)
        while !Task.isCancelled, targets().contains(target) {
            await look(&watch)
            if !watch.health.isDoubtful { try? await clock.sleep(for: watch.health.isUp ? pace.interval : pace.interval / 2) }
        }
        if watch.health.isUp {
            sink.peerGone(target.name, reason: target.isTunnelled ? "its tunnel is closed" : "it is not asked any more")
        }
        board.remove(target.name)
        _ = watched.withLock { $0.remove(target) }
    }

    private func look(_ watch: inout OnePeer) async {
        do {
            let (report, took) = try await probe.ask(watch.target)
            let gateway = try watch.target.gatewayURL(port: report.gatewayPort)
            let roundTrip = watch.roundTrip.add(took)
            note(watch.health.answered(), watch.target, hint: nil)
            watch.version = report.version
            sink.peer(report, gateway: gateway, token: token, roundTrip: roundTrip)
        } catch {
            // What was cut off by the end of this node says nothing about the other.
            guard !Task.isCancelled else { return }
            note(watch.health.failed(error), watch.target, hint: error.hint)
        }
        board.set(watch.status)
    }

    private func note(_ change: PeerHealth.Change, _ target: PeerTarget, hint: String?) {
        switch change {
        case .none: return
        case .up: logger.info("node up", metadata: ["node": "\(target.name)", "api": "\(target.api)"])
        case .down(let reason, let isNews):
            sink.peerGone(target.name, reason: reason)
            var metadata: Logger.Metadata = ["node": "\(target.name)", "reason": "\(reason)"]
            if let hint { metadata["fix"] = "\(hint)" }
            // A laptop may sleep: that is no alarm.
            let level: Logger.Level = !isNews ? .debug : target.role == .laptop ? .info : .warning
            logger.log(level: level, "node down", metadata: metadata)
        }
    }
}

/// What the watch of one node remembers from call to call.
private struct OnePeer {
    let target: PeerTarget
    var health: PeerHealth
    var roundTrip = RoundTrip()
    var version: String?

    var status: PeerStatus {
        PeerStatus(
            node: target.name, role: target.role, state: health.isUp ? .up : health.reason == nil ? .unknown : .down,
            way: target.isTunnelled ? .tunnel : .direct, reason: health.reason, version: version,
            roundTripSeconds: roundTrip.estimate.map { $0 / .seconds(1) })
    }
}
