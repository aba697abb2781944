import AuroraDialects
import AuroraModel
import AuroraRouting

/// What went wrong with a request so far.
struct Trouble {
    /// Why a worker was left; the raw value is for metrics.
    enum Cause: String {
        case connect, broken, silence, status, busy, missing

        /// What the router learns from it.
        var ending: Ending {
            switch self {
            case .connect: .failed(.connect)
            case .broken: .failed(.broken)
            case .silence: .failed(.silent)
            case .status: .failed(.status)
            // The worker is well; it only cannot take this request now.
            case .busy, .missing: .cancelled
            }
        }

        /// Whether the request itself may have done this to the worker.
        var mayBePoison: Bool { self == .broken || self == .silence || self == .status }
    }

    private(set) var failed: [Worker] = []
    /// What to tell when no worker is left.
    private(set) var last: DialectError?
    private var harmed = 0

    /// Workers that this request is not sent to again.
    var excluded: [WorkerID] { failed.isEmpty ? [] : failed.map(\.id) }

    mutating func add(_ error: DialectError, _ cause: Cause, _ assigned: Assigned) {
        failed.append(assigned.worker)
        last = error
        if cause.mayBePoison { harmed += 1 }
    }

    /// The error to end with once the request did harm to as many workers as it may.
    func isEnough(_ limit: Int) -> DialectError? {
        guard harmed >= limit else { return nil }
        let names = failed.map { "'\($0.spec.name)'" }.joined(separator: ", ")
        return DialectError(
            .upstream, "\(harmed) workers failed on this request (\(names)), so no other is tried; the last one: \(last?.message ?? "")",
            status: last?.status)
    }

    func cannotContinue(_ obstacle: Obstacle) -> DialectError {
        DialectError(.upstream, "\(last?.message ?? "the worker failed"); the answer cannot be continued: \(obstacle.reason)")
    }

    /// Errors of a worker that another worker need not have. Never 400 or 422: those are the request's own fault.
    static func isWorthRetrying(_ status: Int) -> Bool { [404, 408, 429, 500, 502, 503, 504].contains(status) }
}
