/// `POST /api/mesh/drain`.
public struct DrainRequest: Codable, Sendable {
    public var node: String
    /// False gives it work again; without it, true is meant.
    public var drain: Bool?

    public init(node: String, drain: Bool) {
        self.node = node
        self.drain = drain
    }
}

/// What draining a node came to.
public struct DrainAnswer: Codable, Sendable, Equatable {
    public var node: String
    public var draining: Bool
    /// Requests that still run on its workers.
    public var inFlight: Int
    /// What holds from now on, in one sentence.
    public var message: String

    public init(node: String, draining: Bool, inFlight: Int, message: String) {
        self.node = node
        self.draining = draining
        self.inFlight = inFlight
        self.message = message
    }
}

/// `POST /api/mesh/load` and `POST /api/mesh/unload`.
public struct LoadRequest: Codable, Sendable {
    public var model: String
    /// A node or a worker; without it, the router chooses. Unloading concerns every place, so it takes none.
    public var on: String?

    public init(model: String, on: String? = nil) {
        self.model = model
        self.on = on
    }
}

/// What loading or unloading a model came to.
public struct LoadAnswer: Codable, Sendable, Equatable {
    public var model: String
    public var loaded: Bool
    /// The worker that loaded it; nil when unloading.
    public var worker: String?
    public var seconds: Double

    public init(model: String, loaded: Bool, worker: String?, seconds: Double) {
        self.model = model
        self.loaded = loaded
        self.worker = worker
        self.seconds = seconds
    }
}
