import AuroraAPI
import AuroraConfig
import AuroraHTTP
import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
import NIOCore

/// Brings models into memory and out of it, by asking the gateway as any client would: so the router knows of it.
struct ModelLoader: Sendable {
    /// Large models come from slow disks.
    private static let patience = Duration.seconds(600)
    private static let answerLimit = 1 << 20

    /// Base URL of this node's gateway.
    let gateway: String
    let token: Secret
    let http: any HTTPCalling

    /// - Parameter place: a node or a worker; nil leaves it to the router. Throws `notFound` for what is neither.
    func load(_ model: String, on place: String?, in view: MeshView) async throws -> LoadAnswer {
        var headers = HTTPFields()
        if let place { headers = try Self.headers(for: place, in: view) }
        let began = ContinuousClock.now
        let reply = try await ask(GenerateCall(model: model), headers, doing: "load")
        let worker = reply.headers[.auroraWorker]
        return LoadAnswer(model: model, loaded: true, worker: worker, seconds: Plain.number((.now - began) / .seconds(1)))
    }

    /// Wherever it is.
    func unload(_ model: String) async throws -> LoadAnswer {
        let began = ContinuousClock.now
        _ = try await ask(GenerateCall(model: model, keepAlive: 0), [:], doing: "unload")
        return LoadAnswer(model: model, loaded: false, worker: nil, seconds: Plain.number((.now - began) / .seconds(1)))
    }

    private static func headers(for place: String, in view: MeshView) throws(AuroraError) -> HTTPFields {
        let workers = view.workers.map(\.name)
        let nodes = view.nodes.map(\.name)
        let name: String
        if nodes.contains(place) {
            name = "X-Aurora-Node"
        } else if workers.contains(place) {
            name = "X-Aurora-Worker"
        } else {
            let near = nearest(to: place, in: nodes + workers).map { "did you mean '\($0)'? " } ?? ""
            throw AuroraError(
                .notFound, "there is no node or worker '\(place.prefix(64))'",
                hint: "\(near)known: \((nodes + workers).joined(separator: ", "))")
        }
        guard let field = HTTPField.Name(name) else { return [:] }
        return [field: place]
    }

    /// A request with nothing to answer: Ollama's own call for both.
    private struct GenerateCall: Encodable {
        let model: String
        var keepAlive: Int?
        let stream = false
    }

    private func ask(_ call: GenerateCall, _ headers: HTTPFields, doing verb: String) async throws -> HTTPReply {
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.authorization] = "Bearer \(token.reveal())"
        let reply = try await http.call(
            HTTPCall(
                .post, gateway + "/api/generate", headers: headers, body: ByteBuffer(bytes: try Wire.encode(call)),
                headTimeout: Self.patience, idleTimeout: Self.patience))
        let answer = try await reply.collect(upTo: Self.answerLimit)
        guard reply.status < 300 else { throw Self.failure(reply.status, answer).adding("cannot \(verb) '\(call.model.prefix(100))'") }
        return reply
    }

    /// The gateway's words in the shape of Ollama: `{"error":"…"}`.
    private static func failure(_ status: Int, _ body: ByteBuffer) -> AuroraError {
        struct Told: Decodable { let error: String }
        let told = try? JSONDecoder().decode(Told.self, from: Data(body.readableBytesView))
        let code: AuroraError.Code =
            switch status {
            case 400: .invalid
            case 403: .forbidden
            case 404: .notFound
            case 409: .conflict
            case 429, 503: .overloaded
            case 504: .timedOut
            default: .failed
            }
        return AuroraError(code, told?.error ?? "the gateway answered \(status)", hint: "'aurora mesh models' shows what is where")
    }
}
