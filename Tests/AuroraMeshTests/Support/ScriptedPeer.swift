import AuroraHTTP
import AuroraModel
import AuroraTestSupport
import Foundation
import Hummingbird
import NIOCore
import ServiceLifecycle
import Synchronization

@testable import AuroraMesh

/// A server in the place of a node, that answers what a test tells it.
final class ScriptedPeer: Sendable {
    enum Answer: Sendable {
        case report(NodeReport)
        case bytes(ByteBuffer, status: Int)
        /// Takes the request and says nothing, as a machine that hangs or is cut off.
        case silence
        /// A body without end.
        case endless
    }

    let url: String
    private let answer: Mutex<Answer>
    private let gate = Gate()

    init(_ socket: BoundSocket, _ answer: Answer) {
        url = socket.url
        self.answer = Mutex(answer)
    }

    func say(_ new: Answer) { answer.withLock { $0 = new } }

    static func with(_ answer: Answer, _ body: @Sendable (ScriptedPeer) async throws -> Void) async throws {
        let socket = try BoundSocket.tcp(host: "127.0.0.1", port: 0)
        let peer = ScriptedPeer(socket, answer)
        let router = Router(context: NodeContext.self)
        router.get("/api/mesh/self") { _, _ in try await peer.respond() }
        let channel = NodeChannel(responder: RouterResponder.make(router, logger: MeshNode.logger))
        let listener = HTTPListener("peer", sockets: [socket], channel: channel, group: MeshNode.group, logger: MeshNode.logger)
        let services = ServiceGroup(services: [listener], logger: MeshNode.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await services.run() }
            try await body(peer)
            peer.gate.open()
            await services.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func respond() async throws -> Response {
        switch answer.withLock({ $0 }) {
        case .report(let report): return Response(status: .ok, body: .init(byteBuffer: ByteBuffer(bytes: try ReportWire.encode(report))))
        case .bytes(let bytes, let status): return Response(status: .init(code: status), body: .init(byteBuffer: bytes))
        case .silence:
            await gate.wait()
            return Response(status: .ok)
        case .endless:
            let piece = ByteBuffer(repeating: UInt8(ascii: " "), count: 64 << 10)
            return Response(status: .ok, body: ResponseBody { writer in while true { try await writer.write(piece) } })
        }
    }
}
