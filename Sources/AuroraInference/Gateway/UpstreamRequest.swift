import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore

import struct Foundation.Date

/// What is sent to a worker, and how its answer is read: the question as it came where the engine speaks the client's dialect, else translated.
struct UpstreamRequest {
    /// Request line and fields, as bytes.
    let head: ByteBuffer
    let body: ByteBuffer
    var translator: ReplyTranslator?

    enum Outcome {
        case send(UpstreamRequest)
        /// The engine need not be asked: the 200's body.
        case answered(ByteBuffer)
    }

    /// Throws `DialectError` when this kind of engine cannot do what is asked.
    static func make(_ question: Question, for candidate: Candidate) throws(DialectError) -> Outcome {
        let worker = candidate.worker
        guard worker.spec.kind == .openai, let route = question.route.ollama else {
            // The bytes as they came; only the model's name is replaced where the engine has another spelling.
            let same = candidate.model == question.model
            let body = same ? question.body : question.scan.replacingModel(in: question.body, with: candidate.model)
            return .send(UpstreamRequest(question, worker, path: question.head.target, body: body, translator: nil))
        }
        switch try Translation.translate(route, body: question.body, upstreamModel: candidate.model, now: .now) {
        case .answer(let local): return .answered(local.body)
        case .forward(let translation):
            return .send(UpstreamRequest(question, worker, path: translation.path, body: translation.body, translator: translation.reply))
        }
    }

    private init(_ question: Question, _ worker: Worker, path: String, body: ByteBuffer, translator: ReplyTranslator?) {
        head = Self.head(question, worker: worker, path: path, length: body.readableBytes)
        self.body = body
        self.translator = translator
    }

    /// The client's fields less those of its own connection and its credentials, which are for this node and not for the engine.
    private static func head(_ question: Question, worker: Worker, path: String, length: Int) -> ByteBuffer {
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
        case .server, .requestID, .contentLength: true
        // The engine's rules for browsers speak of its own origin, not of this one.
        case .accessControl: true
        default: name.isHop
        }
    }
}
