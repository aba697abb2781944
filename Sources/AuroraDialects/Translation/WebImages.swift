import NIOCore

/// Images that a chat.completions request names by their address on the web. Ollama does not fetch them, and its own error does
/// not say so.
public enum WebImages {
    private static let key = Array("\"image_url\"".utf8)

    /// Throws when the body, which is for an Ollama engine, names an image so. A body that is no request is left to the engine.
    public static func refuse(in body: UnsafeRawBufferPointer) throws(DialectError) {
        guard names(webImageIn: body) else { return }
        // Only to say where.
        guard let messages = (try? JSON(parsing: ByteBuffer(bytes: body)))?["messages"]?.array else { return }
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

    /// Images make bodies large, and hardly any has one from the web: so the bytes are searched before anything is decoded.
    private static func names(webImageIn bytes: UnsafeRawBufferPointer) -> Bool {
        var place = PlainText.first(0x22, in: bytes, from: 0)
        while place < bytes.count {
            if bytes[place...].starts(with: key) {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[(place + key.count)...])
                if (try? isWebImage(rest)) == true { return true }
            }
            place = PlainText.first(0x22, in: bytes, from: place + 1)
        }
        return false
    }

    /// - Parameter rest: what follows the key `image_url`: an address, or an object with its `url`.
    private static func isWebImage(_ rest: UnsafeRawBufferPointer) throws(JSONError) -> Bool {
        var cursor = JSONCursor(rest)
        // Without a colon it is the value of `type`.
        guard cursor.next() == UInt8(ascii: ":") else { return false }
        cursor.offset += 1
        guard cursor.next() == UInt8(ascii: "{") else { return beginsWithWebAddress(rest[cursor.offset...]) }
        var more = try cursor.enter(close: UInt8(ascii: "}"), depth: 1)
        while more {
            let key = try cursor.key()
            if cursor.matches(key, "url") {
                _ = cursor.next()
                return beginsWithWebAddress(rest[cursor.offset...])
            }
            try cursor.skip(depth: 2)
            more = try cursor.another(close: UInt8(ascii: "}"))
        }
        return false
    }

    /// Some encoders write a slash as `\/`.
    private static func beginsWithWebAddress(_ string: Slice<UnsafeRawBufferPointer>) -> Bool {
        guard string.first == 0x22 else { return false }
        return isWebAddress(String(decoding: string.dropFirst().prefix(16).filter { $0 != UInt8(ascii: "\\") }, as: UTF8.self))
    }

    private static func isWebAddress(_ url: String) -> Bool {
        let start = url.prefix(8).lowercased()
        return start.hasPrefix("http://") || start.hasPrefix("https://")
    }
}
