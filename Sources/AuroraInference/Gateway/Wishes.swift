import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraRouting

/// What a client asks of the gateway itself, in `X-Aurora-…` fields.
struct Wishes: Sendable {
    /// `X-Aurora-Session`: requests with the same word stay on one worker while that is not much slower.
    var session: UInt64?
    /// `X-Aurora-Priority`: 0 to 10, more is sooner.
    var priority = RoutingRequest.defaultPriority
    /// `X-Aurora-Policy`.
    var policy: PolicyName?
    /// `X-Aurora-Worker`: this worker and no other.
    var worker: String?
    /// `X-Aurora-Node`: workers of these nodes only.
    var nodes: [String] = []
    /// `X-Aurora-Deadline`: refused when it still waits after so many seconds.
    var deadline: Double?
    /// `X-Aurora-Hop`: how many nodes it passed. From one on, only this node's own engines answer.
    var hop = 0

    init() {}

    /// Throws when a field has a value that means nothing.
    init(_ fields: HeaderFields) throws(DialectError) {
        guard fields.contains(.aurora) else { return }
        session = fields[aurora: "x-aurora-session"].map(Self.hash)
        worker = fields[aurora: "x-aurora-worker"]
        nodes = (fields[aurora: "x-aurora-node"] ?? "").split(separator: ",").map { String($0.filter { $0 != " " }) }
        if let text = fields[aurora: "x-aurora-priority"] {
            guard let number = Int(text), (0...10).contains(number) else { throw Self.wrong("Priority", text, "a number from 0 to 10") }
            priority = number
        }
        if let text = fields[aurora: "x-aurora-policy"] {
            guard let name = PolicyName(rawValue: text) else {
                throw Self.wrong("Policy", text, "one of: " + PolicyName.allCases.map(\.rawValue).joined(separator: ", "))
            }
            policy = name
        }
        if let text = fields[aurora: "x-aurora-deadline"] {
            guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
                throw Self.wrong("Deadline", text, "seconds, up to 86400")
            }
            deadline = seconds
        }
        if let text = fields[aurora: "x-aurora-hop"] {
            guard let number = Int(text), (0...16).contains(number) else { throw Self.wrong("Hop", text, "a number from 0 to 16") }
            hop = number
        }
    }

    /// Whether a worker may take the request; nil when every worker may.
    func fits(on node: String) -> ((Worker) -> Bool)? {
        guard worker != nil || !nodes.isEmpty || hop > 0 else { return nil }
        return { [self] candidate in
            if hop > 0, !candidate.isHere { return false }
            if let worker, candidate.spec.name != worker, !(candidate.isHere && "\(node)/\(candidate.spec.name)" == worker) { return false }
            return nodes.isEmpty || nodes.contains(candidate.node)
        }
    }

    private static func wrong(_ field: String, _ value: String, _ expected: String) -> DialectError {
        .invalid("X-Aurora-\(field) is '\(value.prefix(64))'; use \(expected)")
    }

    /// FNV-1a, which gives the same on every node and after a restart.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
