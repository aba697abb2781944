import AuroraHTTP
import AuroraTestSupport
import Hummingbird
import NIOCore
import Synchronization

/// What a joined node does for those who reach it: large bodies both ways, and an answer that goes on until its caller leaves.
struct WorkRoutes: Sendable {
    /// How many endless answers have been cut off by their callers.
    let cut = Counter()
    let begun = Counter()

    final class Counter: Sendable {
        private let value = Mutex(0)
        var now: Int { value.withLock { $0 } }
        func add() { value.withLock { $0 += 1 } }
    }

    static let block = ByteBuffer(bytes: (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) })

    @Sendable func add(to router: Router<NodeContext>) {
        router.get("/errand/blocks/:count") { _, context in
            let count = context.parameters.get("count", as: Int.self) ?? 0
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    for _ in 0..<count { try await writer.write(Self.block) }
                    try await writer.finish(nil)
                })
        }
        router.post("/errand/count") { request, _ in
            var check = PatternCheck(Self.block)
            for try await piece in request.body { check.take(piece) }
            return "\(check.count) \(check.isRight)"
        }
        router.get("/errand/endless") { _, _ in
            begun.add()
            return Response(
                status: .ok,
                body: ResponseBody { writer in
                    do {
                        while true { try await writer.write(Self.block) }
                    } catch {
                        cut.add()
                        throw error
                    }
                })
        }
        router.get("/errand/name") { request, _ in "hello \(request.uri.query ?? "")" }
    }
}

/// Whether bytes are one block, again and again, whatever pieces they come in.
struct PatternCheck {
    private let block: ByteBuffer
    private(set) var count = 0
    private(set) var isRight = true

    init(_ block: ByteBuffer) { self.block = block }

    mutating func take(_ piece: ByteBuffer) {
        var piece = piece
        while piece.readableBytes > 0 {
            let start = count % block.readableBytes
            let size = min(piece.readableBytes, block.readableBytes - start)
            isRight = isRight && piece.readSlice(length: size) == block.getSlice(at: block.readerIndex + start, length: size)
            count += size
        }
    }
}
