import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore
import Synchronization

import struct Foundation.Date

/// A hot request while its body comes in. Confined to its event loop.
final class IncomingRequest {
    let head: RequestHead
    let route: GatewayRoute
    let id: String
    private var wishes = Wishes()
    private var client = 0
    /// What has come of the body, while it is in memory.
    private var body = ByteBuffer()
    /// Takes the body once it is large.
    private(set) var spool: BodySpool?
    private var length = 0
    private var held = HeldBytes()

    init(_ head: RequestHead, route: GatewayRoute) {
        self.head = head
        self.route = route
        id = RequestIdentifier.sane(head.fields[.requestID]) ?? RequestIdentifier.make()
    }

    /// What the head alone tells: who calls, and whether the body it announces is too large.
    func check(_ gateway: Gateway) -> DialectError? {
        do {
            let caller = try gateway.authenticator.principal(
                authorization: head.fields[.authorization], apiKey: head.fields[.apiKey])
            try BrowserGuard.check(caller, origin: head.fields[.origin], host: head.fields[.host], cors: gateway.cors)
            guard caller.may(.mesh) || caller.may(.chat) else {
                return DialectError(.forbidden, "the token '\(caller.name)' does not have the scope 'mesh'")
            }
            client = Int(truncatingIfNeeded: Wishes.hash(caller.name))
        } catch {
            return DialectError(error)
        }
        do { wishes = try Wishes(head.fields) } catch { return error }
        if let length = head.fields[.contentLength].flatMap({ Int($0) }), length > gateway.limits.bodyBytes {
            return tooLarge(gateway)
        }
        return nil
    }

    /// Keeps a piece of the body; answers with a refusal when there is too much of it.
    func append(_ bytes: ByteBuffer, _ gateway: Gateway, on loop: any EventLoop) -> DialectError? {
        length += bytes.readableBytes
        guard length <= gateway.limits.bodyBytes else { return tooLarge(gateway) }
        // What another wire says is translated as a whole.
        let isLarge = length > gateway.limits.memoryBodyBytes && route.face == nil
        guard gateway.hold(bytes.readableBytes, inFile: isLarge) else { return .bodiesHeld }
        held.add(bytes.readableBytes, inFile: isLarge)
        guard isLarge else {
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
            return nil
        }
        do throws(AuroraError) {
            if spool == nil {
                spool = try BodySpool(folder: gateway.limits.bodyFolder, on: loop)
                spool?.append(body)
                body = ByteBuffer()
            }
            spool?.append(bytes)
            return nil
        } catch {
            return DialectError(.overloaded, error.message)
        }
    }

    /// The body is whole: what it asks for, or why it cannot be asked.
    func finish(_ gateway: Gateway) -> Result<Question, DialectError> {
        if case .whole(let whole)? = spool?.state {
            return question(.file(whole.body), whole.scan, whole.prefixes, gateway)
        }
        guard body.readableBytes > 0 else { return .failure(.missingBody) }
        do {
            let scan = try RequestScan(body)
            if let face = route.face, scan.model?.isEmpty == false { return ask(face, gateway) }
            return question(.memory(body), scan, Self.prefixes(of: body, scan), gateway)
        } catch {
            return .failure(.invalidBody(error))
        }
    }

    private static func prefixes(of body: ByteBuffer, _ scan: RequestScan) -> [UInt64] {
        scan.promptStart.map { start in body.withUnsafeReadableBytes { PromptHashes.make($0, from: start) } } ?? []
    }

    private func question(
        _ body: RequestBody, _ scan: RequestScan, _ prefixes: [UInt64], _ gateway: Gateway
    ) -> Result<Question, DialectError> {
        guard let model = scan.model, !model.isEmpty else { return .failure(.modelRequired) }
        return question(body, scan, prefixes, model: model, target: head.target, face: nil, gateway)
    }

    /// What only the client's own wire can say becomes chat completions here.
    private func ask(_ face: Face, _ gateway: Gateway) -> Result<Question, DialectError> {
        do throws(DialectError) {
            let asked = try face.translate(body, id: id, created: Int(Date().timeIntervalSince1970))
            let scan: RequestScan
            do { scan = try RequestScan(asked.body) } catch { return .failure(.invalidBody(error)) }
            return question(
                .memory(asked.body), scan, Self.prefixes(of: asked.body, scan), model: asked.model,
                target: GatewayRoute.chatCompletions.path, face: asked.reply, gateway)
        } catch {
            return .failure(error)
        }
    }

    private func question(
        _ body: RequestBody, _ scan: RequestScan, _ prefixes: [UInt64], model: String, target: String, face: FaceReply?, _ gateway: Gateway
    ) -> Result<Question, DialectError> {
        guard gateway.admit() else { return .failure(.busy) }
        return .success(
            Question(
                head: head, route: route, target: target, id: id, body: body, held: held, scan: scan, model: model, face: face,
                wishes: wishes, client: client, prefixes: prefixes))
    }

    func release(_ gateway: Gateway) {
        gateway.letGo(held)
        held = HeldBytes()
    }

    private func tooLarge(_ gateway: Gateway) -> DialectError {
        DialectError(
            .tooLarge, "the request body is larger than \(gateway.limits.bodyBytes) bytes; 'limits: body:' in aurora.yml sets the limit")
    }
}

/// A hot request, whole and understood as far as routing needs. A class only because many look at it and copies of it cost.
final class Question {
    let head: RequestHead
    let route: GatewayRoute
    /// Path and query of the call that a worker is asked for.
    let target: String
    let id: String
    let body: RequestBody
    let held: HeldBytes
    let scan: RequestScan
    /// As the client wrote it.
    let model: String
    /// Turns the answer into the client's own wire, where that is another.
    let face: FaceReply?
    let wishes: Wishes
    /// Who asks, as a number, for fairness.
    let client: Int
    let prefixes: [UInt64]

    init(
        head: RequestHead, route: GatewayRoute, target: String, id: String, body: RequestBody, held: HeldBytes, scan: RequestScan,
        model: String, face: FaceReply?, wishes: Wishes, client: Int, prefixes: [UInt64]
    ) {
        self.head = head
        self.route = route
        self.target = target
        self.id = id
        self.body = body
        self.held = held
        self.scan = scan
        self.model = model
        self.face = face
        self.wishes = wishes
        self.client = client
        self.prefixes = prefixes
    }

    var streams: Bool { route.canStream && (scan.stream ?? route.streamsByDefault) }

    /// It asks for no answer, only for the model to leave the memory.
    var unloads: Bool {
        guard route == .chat || route == .generate, (try? KeepAlive(raw: scan.keepAlive)) == .unload else { return false }
        return route == .chat ? scan.messages != .present : scan.prompt != .present
    }

    /// An estimate: about four bytes a token, and images, which are long in bytes, count for no more than a long text.
    var promptTokens: Int { min(body.count / 4, 32_768) }

    /// How long the answer may get, in tokens; nil when nothing bounds it. Embeddings write none.
    var expectedTokens: Int? { route.operation == "embeddings" ? 1 : scan.maxTokens }

    /// The client can be sent SSE comments while it waits; NDJSON has no such thing.
    var wantsEvents: Bool { streams && route.dialect == .openai }
}
