import AuroraDialects
import AuroraHTTP
import AuroraModel
import NIOCore
import NIOHTTP1

import struct Foundation.Date

/// What is sent to a worker, and how its answer is read: the question as it came where the engine speaks the client's dialect, else translated.
struct UpstreamRequest {
    let head: HTTPRequestHead
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
            return .send(UpstreamRequest(question, worker, path: question.head.uri, body: body, translator: nil))
        }
        switch try Translation.translate(route, body: question.body, upstreamModel: candidate.model, now: .now) {
        case .answer(let local): return .answered(local.body)
        case .forward(let translation):
            return .send(UpstreamRequest(question, worker, path: translation.path, body: translation.body, translator: translation.reply))
        }
    }

    private init(_ question: Question, _ worker: Worker, path: String, body: ByteBuffer, translator: ReplyTranslator?) {
        let headers = Self.headers(question, worker: worker, length: body.readableBytes)
        head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: worker.basePath.isEmpty ? path : worker.basePath + path, headers: headers)
        self.body = body
        self.translator = translator
    }

    /// The client's headers less those of its own connection and its credentials, which are for this node and not for the engine.
    private static func headers(_ question: Question, worker: Worker, length: Int) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.reserveCapacity(8)
        headers.add(name: "host", value: worker.endpoint.hostHeader)
        headers.add(name: "content-length", value: String(length))
        for (name, value) in question.head.headers where !HopHeaders.dropsFromRequest(name) { headers.add(name: name, value: value) }
        headers.add(name: "x-request-id", value: question.id)
        if let key = worker.spec.apiKey { headers.add(name: "authorization", value: "Bearer \(key.reveal())") }
        return headers
    }
}

extension Moment {
    static var now: Moment { Moment(nanoseconds: NIODeadline.now().uptimeNanoseconds, date: Date()) }
}

/// Headers that belong to one connection (RFC 9110, section 7.6.1) or that the gateway writes itself.
enum HopHeaders {
    static func dropsFromRequest(_ name: String) -> Bool {
        if isHop(name) { return true }
        return switch name.utf8.count {
        case 4: name.equals("host")
        case 6: name.equals("expect") || name.equals("cookie") || name.equals("origin")
        case 9: name.equals("x-api-key")
        case 12: name.equals("x-request-id")
        case 13: name.equals("authorization")
        case 14: name.equals("content-length")
        // Compressed answers could not be looked into.
        case 15: name.equals("accept-encoding")
        default: false
        }
    }

    static func dropsFromAnswer(_ name: String) -> Bool {
        if isHop(name) { return true }
        return switch name.utf8.count {
        case 6: name.equals("server")
        case 12: name.equals("x-request-id")
        // The engine's rules for browsers speak of its own origin, not of this one.
        case 22...36: name.prefix(15).lowercased() == "access-control-"
        default: false
        }
    }

    private static func isHop(_ name: String) -> Bool {
        switch name.utf8.count {
        case 2: name.equals("te")
        case 7: name.equals("upgrade") || name.equals("trailer")
        case 10: name.equals("connection") || name.equals("keep-alive")
        case 16: name.equals("proxy-connection")
        case 17: name.equals("transfer-encoding")
        case 18: name.equals("proxy-authenticate")
        case 19: name.equals("proxy-authorization")
        default: false
        }
    }
}

extension String {
    /// Compares ASCII letters without regard to case, and without making a lower-case copy.
    fileprivate func equals(_ lowercased: StaticString) -> Bool {
        guard utf8.count == lowercased.utf8CodeUnitCount else { return false }
        let other = UnsafeBufferPointer(start: lowercased.utf8Start, count: lowercased.utf8CodeUnitCount)
        return utf8.elementsEqual(other) { ($0 >= 0x41 && $0 <= 0x5A ? $0 | 0x20 : $0) == $1 }
    }
}
