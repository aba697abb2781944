public import AuroraModel

/// What a node runs: the manifest after reading, with every default filled in.
///
/// The defaults stand here and nowhere else; what the operator may write for each option stands in `Sections/`.
public struct Manifest: Sendable, Equatable {
    /// The name of the whole mesh.
    public var mesh = "aurora"
    /// The machine this process runs on.
    public var thisNode: NodeSpec
    /// Every machine of the mesh, in the order written; empty means this node alone.
    public var nodes: [NodeSpec] = []
    /// What ran before Aurora and is never touched.
    public var keep: [KeptService] = []
    /// What Aurora runs, in the order written.
    public var services: [ServiceSpec] = []
    public var runtime = ServiceRuntime.process
    /// Engines under `engines:`, then the kept ones of kind `ollama` and `openai`.
    public var engines: [EngineSpec] = []
    public var discovery = Discovery()
    /// What is said about single models, in the order written.
    public var models: [ManifestModel] = []
    /// Second names of models.
    public var aliases: [ModelAlias] = []
    /// Absolute path of the folder with personality files; nil means the built-in examples.
    public var personalities: String?
    /// Addresses the node listens on, as written; `listenAddresses` is what they mean on this machine.
    public var listen = ["127.0.0.1"]
    /// Web pages that may call besides those of this machine: `*`, or `scheme://host[:port]` with at most one `*`.
    public var origins: [String] = []
    public var ports = Ports()
    /// Tokens that callers present; empty means that only this machine and the VPN can call.
    public var tokens: [ManifestToken] = []
    /// What nodes of the mesh show one another; nil when they ask for nothing.
    public var nodeToken: Secret?
    public var limits = Limits()
    /// What tasks of type `commands` may run, by name.
    public var commands: [TaskCommand] = []
    public var tasks = Tasks()
    /// The file it was read from; nil means defaults.
    public var source: String?

    /// What runs without a manifest: one lead named like the host, listening on loopback.
    public static func defaults(host: String) -> Manifest {
        Manifest(thisNode: NodeSpec(name: NodeNames.fromHost(host), role: .lead))
    }
}

extension Manifest {
    /// An address to listen on.
    public struct ListenAddress: Sendable, Equatable {
        public let host: String
        /// Given by the word `vpn`: the machine may not have it yet, and the node starts all the same.
        public let isVPN: Bool

        /// The word that stands for the node's own VPN address, so that all nodes can have the same manifest.
        public static let vpnWord = "vpn"
    }

    /// What `listen` means on this machine. A node without a VPN address has none for the word `vpn`.
    public var listenAddresses: [ListenAddress] {
        listen.compactMap { written in
            guard written == ListenAddress.vpnWord else { return ListenAddress(host: written, isVPN: false) }
            return thisNode.vpn.map { ListenAddress(host: $0, isVPN: true) }
        }
    }

    /// The other machines of the mesh.
    public var otherNodes: [NodeSpec] { nodes.filter { $0.name != thisNode.name } }

    /// Where engines are looked for besides the manifest.
    public struct Discovery: Sendable, Equatable {
        /// Whether the usual ports of this machine are asked for engines.
        public var loopback = true
        public var localEngine = LocalEngine.auto

        public init() {}
    }

    /// Whether the node installs and runs a small engine of its own.
    public enum LocalEngine: String, Sendable, CaseIterable {
        /// When no other engine is found.
        case auto
        case off
    }

    /// TCP ports, 0 to 65535; 0 takes any free port.
    public struct Ports: Sendable, Equatable {
        public var gateway = 8001
        public var chat = 8003
        public var console = 8004

        public init() {}
    }

    /// How durable tasks are run and kept.
    public struct Tasks: Sendable, Equatable {
        /// Tasks that this node runs at once.
        public var concurrency = 16
        /// How often a task may fail before it is given up.
        public var attempts = 5
        /// How long ended tasks and their results are kept.
        public var keep = Duration.seconds(7 * 86_400)
        /// Tasks that may be queued or running.
        public var limit = 100_000

        public init() {}
    }

    /// Bounds that keep one caller from taking the node down.
    public struct Limits: Sendable, Equatable {
        /// Largest request body, in bytes.
        public var bodyBytes = 100 * 1024 * 1024
        /// Largest request head, in bytes.
        public var headerBytes = 32 * 1024
        /// Requests that the gateway works on, or holds in its line, at once.
        public var concurrency = 2048
        /// How long running streams may go on after SIGTERM.
        public var drain = Duration.seconds(30)
        /// Messages that one conversation may hold.
        public var conversationMessages = 10_000
        /// How long an engine may take until its first byte; loading a large model counts.
        public var firstByte = Duration.seconds(300)
        /// How long an engine may be silent in the middle of an answer.
        public var silence = Duration.seconds(120)

        public init() {}
    }
}

/// What the manifest says about one model.
public struct ManifestModel: Sendable, Equatable {
    public let name: String
    /// Nodes or engines it belongs on; empty: wherever it is.
    public let on: [String]
    /// How its engine is chosen; nil: the standard way.
    public let policy: ModelPolicy?
    /// Models that answer in its place, the whole chain in its order: fallbacks of fallbacks are not followed.
    public let fallback: [String]

    public init(name: String, on: [String] = [], policy: ModelPolicy? = nil, fallback: [String] = []) {
        self.name = name
        self.on = on
        self.policy = policy
        self.fallback = fallback
    }
}

/// How the engine for a request is chosen, by the word that the router knows it by.
public enum ModelPolicy: String, Sendable, CaseIterable {
    case predicted
    case leastLoaded = "least-loaded"
    case roundRobin = "round-robin"
    case prefix
    case pinned
}

/// A second name of a model.
public struct ModelAlias: Sendable, Equatable {
    public let name: String
    public let model: String

    public init(name: String, model: String) {
        self.name = name
        self.model = model
    }
}

/// A token written in the manifest: who presents it, what it allows, and its value.
public struct ManifestToken: Sendable, Equatable {
    public let name: String
    public let scopes: Set<Scope>
    public let value: Secret

    public init(name: String, scopes: Set<Scope>, value: Secret) {
        self.name = name
        self.scopes = scopes
        self.value = value
    }
}
