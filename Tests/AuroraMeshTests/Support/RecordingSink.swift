import AuroraModel
import AuroraSystem
import Synchronization

/// Remembers what it was told of other nodes.
final class RecordingSink: PeerSink {
    struct Heard: Sendable {
        let report: NodeReport
        let gateway: String
        let token: Secret?
        let roundTrip: Duration
    }

    private struct State {
        var up: [String: Heard] = [:]
        var gone: [String: String] = [:]
        var goneCount = 0
    }

    private let state = Mutex(State())

    func peer(_ report: NodeReport, gateway: String, token: Secret?, roundTrip: Duration) {
        state.withLock { state in
            state.up[report.node] = Heard(report: report, gateway: gateway, token: token, roundTrip: roundTrip)
            state.gone[report.node] = nil
        }
    }

    func peerGone(_ node: String, reason: String) {
        state.withLock { state in
            state.up[node] = nil
            state.gone[node] = reason
            state.goneCount += 1
        }
    }

    subscript(_ node: String) -> Heard? { state.withLock { $0.up[node] } }

    /// Why the node is gone; nil while it is there, or was never heard of.
    func reason(_ node: String) -> String? { state.withLock { $0.gone[node] } }

    var goneCount: Int { state.withLock { $0.goneCount } }
}
