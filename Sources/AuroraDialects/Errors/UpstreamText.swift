import NIOCore

/// Finds the words in an engine's error, whatever shape its maker chose.
enum UpstreamText {
    private static let lengthLimit = 2000

    /// The text of a document that is an error; nil when it is none.
    static func error(in document: JSON) -> String? {
        guard let error = document["error"], !error.isNull else { return nil }
        return limited(error.string ?? error["message"]?.string ?? error.text)
    }

    /// The text of the body of an answer whose status says that it is an error.
    static func body(_ body: ByteBuffer, status: Int) -> String {
        guard let document = try? JSON(parsing: body) else {
            let text = String(buffer: body.getSlice(at: body.readerIndex, length: min(body.readableBytes, 200)) ?? ByteBuffer())
            let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return words.isEmpty ? "the engine answered with status \(status)" : "the engine answered with status \(status): \(words)"
        }
        let text = error(in: document) ?? document["message"]?.string ?? document["detail"].map { $0.string ?? $0.text }
        return limited(text ?? document.text)
    }

    private static func limited(_ text: String) -> String {
        text.utf8.count <= lengthLimit ? text : text.prefix(lengthLimit) + " …"
    }
}
