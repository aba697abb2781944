import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore

import struct Foundation.Date

/// What is sent to a worker, and how its answer is read: the question as it came where the worker speaks the client's dialect, else
/// translated.
struct UpstreamRequest {
    /// Request line and fields, as bytes.
    let head: ByteBuffer
    let body: UpstreamBody
    var translator: ReplyTranslator?
    /// Joins the answer to what an earlier worker had said.
    var splice: Splice?

    enum Outcome {
        case send(UpstreamRequest)
        /// The engine need not be asked: the 200's body.
        case answered(ByteBuffer)
    }

    /// Throws `DialectError` when this kind of engine cannot do what is asked.
    /// - Parameters:
    ///   - continuation: the request that makes the worker go on where another stopped, in place of the client's own.
    ///   - copy: the client's body in memory, for where all of it must be looked at.
    static func make(
        _ question: Question, for assigned: Assigned, continuing continuation: Continuation?, copy: () throws(DialectError) -> ByteBuffer
    ) throws(DialectError) -> Outcome {
        let worker = assigned.worker
        let path = continuation?.path ?? question.target
        let body = try body(question, assigned.model, continuation)
        if worker.spec.kind == .ollama, AnswerWire(path: path) == .chatCompletions {
            try question.body.withBytes { bytes throws(DialectError) in try WebImages.refuse(in: bytes) }
        }
        // Another node translates for its engine itself.
        guard worker.isHere, worker.spec.kind == .openai,
            let route = continuation.map({ OllamaRoute(path: $0.path) }) ?? question.route.ollama
        else {
            return .send(UpstreamRequest(question, assigned, path: path, body: body, translator: nil, splice: continuation?.splice))
        }
        let whole: ByteBuffer
        if case .memory(let bytes) = body { whole = bytes } else { whole = try copy() }
        switch try Translation.translate(route, body: whole, upstreamModel: assigned.model, now: .now) {
        case .answer(let local):
            return .answered(local.body)
        case .forward(let translation):
            return .send(
                UpstreamRequest(
                    question, assigned, path: translation.path, body: .memory(translation.body), translator: translation.reply,
                    splice: continuation?.splice))
        }
    }

    /// The bytes as they came; only the model's name is replaced where the worker has another spelling.
    private static func body(_ question: Question, _ model: String, _ continuation: Continuation?) throws(DialectError) -> UpstreamBody {
        let other = model == question.model ? nil : model
        guard let continuation else { return UpstreamBody(question.body, question.scan, model: other) }
        guard let other else { return .memory(continuation.body) }
        do { return .memory(try RequestScan(continuation.body).replacingModel(in: continuation.body, with: other)) } catch {
            throw .invalidBody(error)
        }
    }

    private init(
        _ question: Question, _ assigned: Assigned, path: String, body: UpstreamBody, translator: ReplyTranslator?, splice: Splice?
    ) {
        head = Self.head(question, assigned.worker, path: path, length: body.count)
        self.body = body
        self.translator = translator
        self.splice = splice
    }

    /// The client's fields less those of its own connection and its credentials, which are for this node and not for the engine.
    private static func head(_ question: Question, _ worker: Worker, path: String, length: Int) -> ByteBuffer {
        var head = ByteBuffer()
        head.reserveCapacity(question.head.fields.raw.readableBytes + 256)
        head.writeStaticString("POST ")
        head.writeString(worker.basePath)
        head.writeString(path)
        head.writeStaticString(" HTTP/1.1\r\n")
        head.writeField("host", worker.endpoint.hostHeader)
        head.writeField("content-length", String(length))
        question.head.fields.write(into: &head) { !HopHeaders.dropsFromRequest($0) }
        head.writeField("x-request-id", question.id)
        if let key = worker.spec.apiKey { head.writeField("authorization", "Bearer \(key.reveal())") }
        if case .peer(let engine) = worker.place {
            head.writeField("x-aurora-hop", String(question.wishes.hop + 1))
            head.writeField("x-aurora-worker", engine)
            head.writeField("x-aurora-priority", String(question.wishes.priority))
        }
        head.writeStaticString("\r\n")
        return head
    }
}

extension Moment {
    static var now: Moment { Moment(nanoseconds: NIODeadline.now().uptimeNanoseconds, date: Date()) }
}

/// Fields that the gateway does not pass on, beside those of one connection.
enum HopHeaders {
    static func dropsFromRequest(_ name: HeaderName) -> Bool {
        switch name {
        case .host, .expect, .cookie, .origin, .apiKey, .requestID, .authorization, .contentLength, .aurora: true
        // Compressed answers could not be looked into.
        case .acceptEncoding: true
        default: name.isHop
        }
    }

    static func dropsFromAnswer(_ name: HeaderName) -> Bool {
        switch name {
        // What another node says of its own choice is not ours to say again.
        case .server, .requestID, .contentLength, .aurora: true
        // The engine's rules for browsers speak of its own origin, not of this one.
        case .accessControl: true
        default: name.isHop
        }
    }
}
