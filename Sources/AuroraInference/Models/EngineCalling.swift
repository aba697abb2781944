public import AuroraModel
public import AuroraSystem
public import HTTPTypes
public import NIOCore

/// An engine of the mesh, as far as calls about models go.
public struct EngineFacts: Sendable, Equatable {
    /// `ollama` for one of this node, `desk/ollama` for one of the node `desk`.
    public let name: String
    public let node: String
    public let kind: EngineKind
    public let isUp: Bool
    /// Whether this node itself calls it, and no other node in between.
    public let isLocal: Bool
    public let models: [String]
    /// Those of `models` that are in memory now.
    public let loaded: Set<String>

    public init(name: String, node: String, kind: EngineKind, isUp: Bool, isLocal: Bool, models: [String], loaded: Set<String>) {
        self.name = name
        self.node = node
        self.kind = kind
        self.isUp = isUp
        self.isLocal = isLocal
        self.models = models
        self.loaded = loaded
    }
}

/// A call about models, before it is known how the engine is reached.
public struct EngineCall: Sendable {
    public enum Body: Sendable {
        case none
        case json(ByteBuffer)
        /// As it comes, without being held.
        case upload(HTTPUpload)
    }

    public let method: HTTPRequest.Method
    /// Path with query, such as `/api/pull`.
    public let path: String
    public let body: Body
    /// Until the answer begins.
    public let patience: Duration
    /// The longest silence in its middle.
    public let silence: Duration

    public init(_ method: HTTPRequest.Method, _ path: String, _ body: Body, patience: Duration, silence: Duration) {
        self.method = method
        self.path = path
        self.body = body
        self.patience = patience
        self.silence = silence
    }
}

/// Reaches the engines of the mesh: those of this node directly, those of others through their gateways.
public protocol EngineCalling: Sendable {
    /// All that are known, up or down. Comes from what polls told and never waits.
    var engines: [EngineFacts] { get }

    /// Throws `AuroraError`: `notFound` (no such engine any more), `unavailable`, `timedOut`.
    func call(_ engine: String, _ call: EngineCall) async throws -> HTTPReply

    /// Asks the engine for its models at once, because they changed; returns when lists show it, at the latest after one poll.
    func lookAgain(_ engine: String) async
}
