public import AuroraModel

public import struct Foundation.Date

/// A model as an engine lists it, with all that the engine says of it, so that nothing is lost when lists are merged.
public struct EngineModel: Sendable, Equatable {
    /// The engine's own name for it; what must be sent upstream.
    public var name: String
    /// The wire of the engine that has it.
    public var kind: EngineKind
    /// Whether it is in memory now; nil when the engine does not tell.
    public var loaded: Bool?
    /// Nil when unknown.
    public var sizeBytes: Int?
    /// How much of it lies in the memory of a GPU, while it is loaded.
    public var vramBytes: Int?
    /// Empty when the engine has none.
    public var digest: String
    public var modifiedAt: Date?
    /// The context with which it runs, else the longest it was trained for; tokens.
    public var contextLength: Int?
    /// `completion`, `embedding`, `vision`, …; nil when unknown.
    public var capabilities: [String]?
    public var details: ModelDetails
    /// The entry of `/api/tags` or of `/v1/models`, as it came.
    public var listed: JSONObject
    /// The entry of `/api/ps`, as it came, while it is loaded.
    public var running: JSONObject?

    public init(
        name: String, kind: EngineKind, loaded: Bool? = nil, sizeBytes: Int? = nil, vramBytes: Int? = nil, digest: String = "",
        modifiedAt: Date? = nil, contextLength: Int? = nil, capabilities: [String]? = nil, details: ModelDetails = ModelDetails(),
        listed: JSONObject = [:], running: JSONObject? = nil
    ) {
        self.name = name
        self.kind = kind
        self.loaded = loaded
        self.sizeBytes = sizeBytes
        self.vramBytes = vramBytes
        self.digest = digest
        self.modifiedAt = modifiedAt
        self.contextLength = contextLength
        self.capabilities = capabilities
        self.details = details
        self.listed = listed
        self.running = running
    }

    /// The same text for all names of one model on engines of this kind.
    public var key: String { kind == .ollama ? ModelName(name).key : name }
}

/// What Ollama calls `details`. Unknown fields are empty, never absent: clients read them without asking.
public struct ModelDetails: Sendable, Equatable {
    public var parentModel = ""
    public var format = ""
    public var family = ""
    public var families: [String] = []
    /// `134.5M`, `7.6B`, …
    public var parameterSize = ""
    public var quantization = ""

    public init() {}

    init(_ json: JSON?) {
        parentModel = json?["parent_model"]?.string ?? ""
        format = json?["format"]?.string ?? ""
        family = json?["family"]?.string ?? ""
        families = (json?["families"]?.array ?? []).compactMap(\.string).filter { !$0.isEmpty }
        parameterSize = json?["parameter_size"]?.string ?? ""
        quantization = json?["quantization_level"]?.string ?? ""
    }

    var json: JSON {
        [
            "parent_model": .string(parentModel), "format": .string(format), "family": .string(family),
            "families": .array(families.map(JSON.string)), "parameter_size": .string(parameterSize),
            "quantization_level": .string(quantization),
        ]
    }
}
