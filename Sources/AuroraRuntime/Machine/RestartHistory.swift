import AuroraModel
import AuroraSystem

/// What follows the end of a service's process, by its policy and by how often it failed before. Pure.
struct RestartHistory: Sendable, Equatable {
    /// After so many failures in a row, each within a minute of its start, it counts as a crash loop.
    static let loopAfter = 5
    /// How often a service in a crash loop is tried.
    static let loopPause = Duration.seconds(300)

    enum Decision: Sendable, Equatable {
        case stay(ServicePhase)
        case again(after: Duration, isLoop: Bool)
    }

    private var backOff = RestartBackOff()
    private(set) var failuresInRow = 0

    /// - Parameter uptime: from its start to its end; nil when it never ran.
    mutating func decide(after ending: ServiceEnding, uptime: Duration?, policy: RestartPolicy) -> Decision {
        let uptime = uptime ?? .zero
        if uptime >= RestartBackOff.steady || ending.succeeded { failuresInRow = 0 }
        if !ending.succeeded { failuresInRow += 1 }
        guard mayRestart(after: ending, policy) else { return .stay(ending.succeeded ? .completed : .failed) }
        let delay = backOff.delay(afterUptime: uptime)
        let isLoop = failuresInRow >= Self.loopAfter
        return .again(after: isLoop ? Self.loopPause : delay, isLoop: isLoop)
    }

    private func mayRestart(after ending: ServiceEnding, _ policy: RestartPolicy) -> Bool {
        switch policy {
        case .no: false
        case .onFailure(let limit): !ending.succeeded && limit.map { failuresInRow <= $0 } ?? true
        case .always, .unlessStopped: true
        }
    }
}
