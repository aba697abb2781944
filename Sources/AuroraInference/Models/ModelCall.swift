import AuroraDialects
import NIOCore

/// The body of a call about models, as far as it decides where the call goes; everything else in it is passed on.
struct ModelCall: Sendable {
    let action: ModelAction
    /// The model as the caller wrote it: the source of a copy, the result of a creation.
    let model: String
    /// Whether the answer is a stream of progress.
    let streams: Bool
    /// Blobs that a creation is made of.
    let digests: [String]
    /// The model that a creation starts from.
    let from: String?
    let destination: String?
    private let fields: JSONObject

    /// - Parameter body: at most what `ModelRoutes` takes.
    init(_ action: ModelAction, _ body: ByteBuffer) throws(DialectError) {
        guard body.readableBytes > 0 else { throw .missingBody }
        let document: JSON
        do { document = try JSON(parsing: body) } catch { throw .invalidBody(error) }
        guard let fields = document.object else { throw .invalidBody(JSONError(.notAnObject, at: 0)) }
        self.action = action
        self.fields = fields
        switch action {
        case .copy:
            guard let source = try Self.text(fields, "source") else { throw .invalid("source is required") }
            guard let copy = try Self.text(fields, "destination") else { throw .invalid("destination is required") }
            (model, destination) = (source, copy)
        default:
            let older = try Self.text(fields, "name")
            guard let name = try Self.text(fields, "model") ?? older else { throw .modelRequired }
            model = name
            destination = nil
        }
        streams = try Self.flag(fields, "stream") ?? true
        from = try action == .create ? Self.text(fields, "from") : nil
        digests = action == .create ? Self.digests(fields["files"]) + Self.digests(fields["adapters"]) : []
    }

    /// The body for an engine: the model by the name that the engine knows, and its progress as a stream, whatever the caller wants,
    /// because only a stream tells a slow engine from a dead one.
    func body(model: String) -> ByteBuffer {
        var fields = fields
        switch action {
        case .copy: fields["source"] = .string(model)
        default: fields[fields["model"]?.string == nil ? "name" : "model"] = .string(model)
        }
        if action.tellsProgress { fields["stream"] = .bool(true) }
        return JSON.object(fields).bytes
    }

    private static func text(_ fields: JSONObject, _ key: String) throws(DialectError) -> String? {
        guard let value = fields[key], !value.isNull else { return nil }
        guard let text = value.string else { throw .invalid("'\(key)' is \(value.kindInWords); it must be a string") }
        return text.isEmpty ? nil : text
    }

    private static func flag(_ fields: JSONObject, _ key: String) throws(DialectError) -> Bool? {
        guard let value = fields[key], !value.isNull else { return nil }
        guard let flag = value.bool else { throw .invalid("'\(key)' is \(value.kindInWords); it must be true or false") }
        return flag
    }

    private static func digests(_ files: JSON?) -> [String] {
        (files?.object?.members ?? []).compactMap { $0.value.string }.compactMap(BlobDigest.normalised)
    }
}
