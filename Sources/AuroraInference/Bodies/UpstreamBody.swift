import AuroraDialects
import AuroraHTTP
import NIOCore

/// What a worker is sent as a body.
enum UpstreamBody {
    case memory(ByteBuffer)
    /// The client's body out of its file, and the name of the model in it, as JSON, where the worker has another one.
    case file(StoredBody, model: (range: Range<Int>, name: ByteBuffer)?)

    var count: Int {
        switch self {
        case .memory(let bytes): bytes.readableBytes
        case .file(let stored, let model): stored.count + (model.map { $0.name.readableBytes - $0.range.count } ?? 0)
        }
    }

    /// The body with another model in it, all other bytes as they were.
    init(_ body: RequestBody, _ scan: RequestScan, model: String?) {
        switch body {
        case .memory(let bytes): self = .memory(model.map { scan.replacingModel(in: bytes, with: $0) } ?? bytes)
        case .file(let stored):
            guard let model, let range = scan.modelRange else { self = .file(stored, model: nil); return }
            var name = ByteBuffer()
            name.writeJSONString(model)
            self = .file(stored, model: (range, name))
        }
    }
}

/// Sends a body out of its file, a piece when the one before has left. Confined to its event loop.
final class BodySender {
    private static let pieceBytes = 256 * 1024

    private let stored: StoredBody
    private let replacement: (range: Range<Int>, name: ByteBuffer)?
    private let connection: UpstreamConnection
    private let onProgress: () -> Void
    private var offset = 0

    /// - Parameter onProgress: called after each piece that has left.
    init(
        _ stored: StoredBody, replacing: (range: Range<Int>, name: ByteBuffer)?, to connection: UpstreamConnection,
        onProgress: @escaping () -> Void
    ) {
        self.stored = stored
        replacement = replacing
        self.connection = connection
        self.onProgress = onProgress
    }

    func sendNext() {
        guard offset < stored.count else { return connection.end().assumeIsolated().whenSuccess { [self] in onProgress() } }
        connection.write(nextPiece()).assumeIsolated().whenSuccess { [self] in
            // When it failed, the exchange hears why from the connection.
            onProgress()
            sendNext()
        }
    }

    private func nextPiece() -> ByteBuffer {
        if let replacement, offset == replacement.range.lowerBound {
            offset = replacement.range.upperBound
            return replacement.name
        }
        var end = min(offset + Self.pieceBytes, stored.count)
        if let replacement, offset < replacement.range.lowerBound { end = min(end, replacement.range.lowerBound) }
        defer { offset = end }
        return stored.slice(offset..<end)
    }
}
