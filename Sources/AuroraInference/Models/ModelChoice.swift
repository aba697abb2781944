import AuroraHTTP
import HTTPTypes

/// Which engines a caller wants a call about models to go to.
struct ModelChoice: Sendable, Equatable {
    /// Names are few; more are a mistake.
    private static let limit = 64

    /// Nodes or engines, as `X-Aurora-Node` or `?on=` name them; empty when the caller leaves it to the node.
    var names: [String] = []
    /// One engine of this node, as another node names it.
    var engine: String?
    /// Whether another node passed the call on; then it goes no further.
    var isForwarded = false

    init(names: [String] = [], engine: String? = nil, isForwarded: Bool = false) {
        self.names = names
        self.engine = engine
        self.isForwarded = isForwarded
    }

    /// - Parameter query: the value of `on` in the query.
    init(headers: HTTPFields, query: String?) {
        let written = headers[.auroraNode] ?? query ?? ""
        let names = written.split(separator: ",").map { name in String(name.filter { $0 != " " }) }.filter { !$0.isEmpty }
        var seen: Set<String> = []
        self.names = Array(names.filter { seen.insert($0).inserted }.prefix(Self.limit))
        engine = headers[.auroraWorker]
        isForwarded = headers[.auroraHop].map { (Int($0) ?? 1) >= 1 } ?? false
    }
}
