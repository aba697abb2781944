public import AuroraRouting
public import NIOCore
import Synchronization

/// Why a request went where it went, and what came of it.
public struct RoutedRequest: Sendable {
    /// The request's id, as in `X-Request-Id`.
    public let id: String
    public let began: NIODeadline
    public let route: String
    public let model: String
    public let decision: Decision
    /// Name of the chosen worker.
    public let worker: String
    public let promptTokens: Int
    /// Seconds it waited in the line.
    public let waited: Double
    /// Seconds from its assignment to the first token; nil when none came.
    public let firstToken: Double?
    public let seconds: Double
    /// Status of the answer; 499 when the client went away.
    public let status: Int
    /// Workers that failed it before.
    public let failed: [String]
    /// Another worker went on in the middle of the answer.
    public let continued: Bool
}

/// The last requests and the reasons for their workers, for status pages and `aurora mesh explain`.
public final class DecisionLog: Sendable {
    private struct Ring {
        var entries: [RoutedRequest] = []
        var next = 0
    }

    private let limit: Int
    private let ring = Mutex(Ring())

    public init(limit: Int = 512) { self.limit = max(1, limit) }

    func append(_ entry: RoutedRequest) {
        ring.withLock { ring in
            if ring.entries.count < limit {
                ring.entries.append(entry)
            } else {
                ring.entries[ring.next] = entry
            }
            ring.next = (ring.next + 1) % limit
        }
    }

    /// Newest first.
    public func recent(_ count: Int = 50) -> [RoutedRequest] {
        ring.withLock { ring in
            let ordered = ring.entries.count < limit ? ring.entries : Array(ring.entries[ring.next...] + ring.entries[..<ring.next])
            return ordered.suffix(count).reversed()
        }
    }

    /// The newest entry with this id.
    public func entry(_ id: String) -> RoutedRequest? { recent(limit).first { $0.id == id } }
}
