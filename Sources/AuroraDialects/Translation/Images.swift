/// Turns Ollama's bare base64 into the `data:` URL that OpenAI's wire wants.
enum Images {
    /// How the first bytes of each kind look in base64.
    private static let starts = [
        ("iVBORw0KGgo", "png"), ("/9j/", "jpeg"), ("R0lGODdh", "gif"), ("R0lGODlh", "gif"), ("UklGR", "webp"), ("Qk", "bmp"),
    ]

    /// Parts of a message's content: the text, if any, then the images.
    static func content(_ text: String, images: [JSON], path: String) throws(DialectError) -> JSON {
        guard !images.isEmpty else { return .string(text) }
        var parts: [JSON] = text.isEmpty ? [] : [["type": "text", "text": .string(text)]]
        for (place, image) in images.enumerated() {
            let url = try dataURL(image, name: "\(path)images[\(place)]")
            parts.append(["type": "image_url", "image_url": ["url": .string(url)]])
        }
        return .array(parts)
    }

    private static func dataURL(_ image: JSON, name: String) throws(DialectError) -> String {
        guard let base64 = image.string else { throw .invalid("'\(name)' must be a base64 string, not \(image.kindInWords)") }
        guard isBase64(base64) else {
            throw .invalid("'\(name)' is not base64; send the bytes of the image in base64, without \"data:\" and no web address")
        }
        guard let kind = starts.first(where: { base64.hasPrefix($0.0) })?.1 else {
            throw .invalid("'\(name)' is not a PNG, JPEG, GIF, WebP or BMP image")
        }
        return "data:image/\(kind);base64,\(base64)"
    }

    private static func isBase64(_ text: String) -> Bool {
        let bytes = text.utf8
        guard bytes.count >= 4, bytes.count % 4 == 0 else { return false }
        return bytes.drop { isBase64($0) }.allSatisfy { $0 == UInt8(ascii: "=") } && !bytes.dropLast(2).contains(UInt8(ascii: "="))
    }

    private static func isBase64(_ byte: UInt8) -> Bool {
        byte &- UInt8(ascii: "0") < 10 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
    }
}
