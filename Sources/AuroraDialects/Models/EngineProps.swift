public import NIOCore

/// What llama.cpp's `/props` says about the model that a server runs.
public struct EngineProps: Sendable, Equatable {
    /// Tokens that one slot can hold.
    public let contextLength: Int?
    /// How many requests it works on at once.
    public let slots: Int?
    public let modelPath: String?
    public let chatTemplate: String?
    /// Whether it takes images.
    public let vision: Bool
    /// The version of the server.
    public let build: String?

    public init(_ bytes: ByteBuffer) throws(JSONError) {
        let props = try JSON(parsing: bytes)
        guard props.object != nil else { throw JSONError(.notAnObject, at: 0) }
        contextLength = props["default_generation_settings"]?["n_ctx"]?.int
        slots = props["total_slots"]?.int
        modelPath = props["model_path"]?.string
        chatTemplate = props["chat_template"]?.string
        vision = props["modalities"]?["vision"]?.bool ?? false
        build = props["build_info"]?.string
    }
}
