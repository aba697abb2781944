public import NIOCore

/// Images that a chat.completions request names by their address on the web. Ollama does not fetch them, and its own error does
/// not say so.
public enum WebImages {
    private static let key = Array("\"image_url\"".utf8)

    /// Throws when the body, which is for an Ollama engine, names an image so. A body that is no request is left to the engine.
    public static func refuse(in body: ByteBuffer) throws(DialectError) {
        guard body.withUnsafeReadableBytes(mentionsImages), let messages = (try? JSON(parsing: body))?["messages"]?.array else { return }
        for (place, message) in messages.enumerated() {
            for (part, content) in (message["content"]?.array ?? []).enumerated() {
                let image = content["image_url"]
                guard let url = image?.string ?? image?["url"]?.string, isWebAddress(url) else { continue }
                throw .invalid(
                    "'messages[\(place)].content[\(part)].image_url' is '\(url.prefix(200))'; the engine of this model fetches nothing from the web, send the image itself as \"data:image/png;base64,…\""
                )
            }
        }
    }

    /// Images make bodies large, and hardly any body has one: so the bytes are searched before anything is decoded.
    private static func mentionsImages(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var place = PlainText.first(0x22, in: bytes, from: 0)
        while place < bytes.count {
            if bytes[place...].starts(with: key) { return true }
            place = PlainText.first(0x22, in: bytes, from: place + 1)
        }
        return false
    }

    private static func isWebAddress(_ url: String) -> Bool {
        let start = url.prefix(8).lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }
}
