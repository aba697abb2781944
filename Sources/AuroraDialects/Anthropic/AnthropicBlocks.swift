/// One content block.
struct AnthropicBlock {
    let type: String
    let fields: Fields

    init(_ block: JSON, name: String) throws(DialectError) {
        fields = try Fields(block, name: name)
        guard let type = try fields.string("type") else { throw .invalid("'\(fields.path)type' is missing") }
        self.type = type
    }

    func required(_ key: String) throws(DialectError) -> String {
        guard let value = try fields.string(key) else { throw .invalid("'\(fields.path)\(key)' is missing") }
        return value
    }

    /// `known` says what may stand there.
    func refused(_ known: String) -> DialectError {
        .invalid("'\(fields.path)type' is '\(type)', which is not supported here: \(known)")
    }
}

/// Turns content blocks into the parts of a chat.completions message.
enum AnthropicBlocks {
    static func all(_ content: JSON, name: String) throws(DialectError) -> [AnthropicBlock] {
        guard let blocks = content.array else { throw .invalid("'\(name)' must be a string or an array, not \(content.kindInWords)") }
        var all: [AnthropicBlock] = []
        for (place, block) in blocks.enumerated() { all.append(try AnthropicBlock(block, name: "\(name)[\(place)]")) }
        return all
    }

    static func parts(_ content: JSON, name: String) throws(DialectError) -> [JSON] {
        if content.string != nil { return [["type": "text", "text": content]] }
        var parts: [JSON] = []
        for block in try all(content, name: name) { parts.append(try part(block)) }
        return parts
    }

    /// The text of a string or of text blocks, nothing else allowed.
    static func text(_ content: JSON, name: String) throws(DialectError) -> String {
        if let text = content.string { return text }
        var texts: [String] = []
        for block in try all(content, name: name) {
            guard block.type == "text" else { throw block.refused("only text") }
            texts.append(try block.required("text"))
        }
        return texts.joined(separator: "\n")
    }

    static func part(_ block: AnthropicBlock) throws(DialectError) -> JSON {
        switch block.type {
        case "text": return ["type": "text", "text": .string(try block.required("text"))]
        case "image": return ["type": "image_url", "image_url": ["url": .string(try imageURL(block))]]
        case "document": return ["type": "text", "text": .string(try documentText(block))]
        default: throw block.refused("only text, image, document and tool_result")
        }
    }

    /// Text alone as one string, which every engine and template understands.
    static func content(_ parts: [JSON]) -> JSON {
        let texts = parts.compactMap { $0["text"]?.string }
        return texts.count == parts.count ? .string(texts.joined(separator: "\n")) : .array(parts)
    }

    private static func source(_ block: AnthropicBlock) throws(DialectError) -> AnthropicBlock {
        guard let source = try block.fields.object("source") else { throw .invalid("'\(block.fields.path)source' is missing") }
        return try AnthropicBlock(.object(source), name: block.fields.path + "source")
    }

    private static func imageURL(_ block: AnthropicBlock) throws(DialectError) -> String {
        let source = try source(block)
        switch source.type {
        case "base64":
            let type = try source.required("media_type")
            guard type.hasPrefix("image/") else {
                throw .invalid("'\(source.fields.path)media_type' is '\(type)'; use image/png, image/jpeg, image/gif or image/webp")
            }
            return "data:\(type);base64,\(try source.required("data"))"
        case "url": return try source.required("url")
        default: throw source.refused("only base64 and url")
        }
    }

    private static func documentText(_ block: AnthropicBlock) throws(DialectError) -> String {
        let source = try source(block)
        let text: String
        switch source.type {
        case "text": text = try source.required("data")
        case "content":
            guard let content = source.fields["content"] else { throw .invalid("'\(source.fields.path)content' is missing") }
            text = try Self.text(content, name: source.fields.path + "content")
        default: throw source.refused("only documents of text; send the text of a PDF or of a web page")
        }
        guard let title = try block.fields.string("title"), !title.isEmpty else { return text }
        return title + "\n" + text
    }
}
