import Hummingbird
import NIOCore

/// A response body of progress: sent as it comes, and given up with its work when the client leaves.
enum ProgressBody {
    /// Pieces that wait for a client that reads slowly; past this the newest are left out, since progress is only news.
    private static let waiting = 4096

    /// - Parameters:
    ///   - produce: does the work and hands over pieces; what it returns goes out last and is never left out.
    ///   - clientLeft: returns when nobody reads any more.
    static func of(
        _ produce: @escaping @Sendable (@escaping @Sendable (ByteBuffer) -> Void) async -> ByteBuffer?,
        until clientLeft: @escaping @Sendable () async -> Void
    ) -> ResponseBody {
        ResponseBody { writer in
            let (pieces, continuation) = AsyncStream.makeStream(of: ByteBuffer.self, bufferingPolicy: .bufferingOldest(waiting))
            try await withThrowingTaskGroup(of: ByteBuffer?.self) { group in
                defer { group.cancelAll() }
                group.addTask {
                    let last = await produce { _ = continuation.yield($0) }
                    continuation.finish()
                    return last
                }
                group.addTask {
                    await clientLeft()
                    continuation.finish()
                    throw CancellationError()
                }
                for await piece in pieces { try await writer.write(piece) }
                if let last = try await group.next(), let last { try await writer.write(last) }
            }
            try await writer.finish(nil)
        }
    }
}
