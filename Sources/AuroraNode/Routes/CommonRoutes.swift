import AuroraHTTP
import AuroraModel
import AuroraMonitoring
import HTTPTypes
import Hummingbird
import NIOCore

/// What every port of a node answers: health, readiness, metrics and a description of its API.
struct CommonRoutes: Sendable {
    let isReady: @Sendable () -> Bool
    let metrics: @Sendable () -> String
    /// The OpenAPI document of the port.
    let description: [UInt8]

    func add(to router: Router<NodeContext>) {
        router.get("/health") { _, _ in text("{\"status\":\"ok\",\"version\":\"\(AuroraVersion.current)\"}", "application/json") }
        router.get("/ready") { _, _ in try ready() }
        router.get("/metrics") { _, context in
            try context.require(.read)
            return text(metrics(), PrometheusMetrics.contentType)
        }
        router.get("/openapi.json") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
                body: .init(byteBuffer: ByteBuffer(bytes: description)))
        }
    }

    /// Not ready is an error in the shape of the port, with `Retry-After`.
    private func ready() throws(AuroraError) -> Response {
        guard isReady() else { throw AuroraError(.unavailable, "no engine can answer yet", hint: "'aurora doctor' says what is missing") }
        return text("{\"status\":\"ready\"}", "application/json")
    }

    private func text(_ text: String, _ type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type, .cacheControl: "no-store"], body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}
