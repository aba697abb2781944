import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
import NIOCore

@testable import AuroraLive

/// Calls HTTP with `curl`: a real client that this module has no part in.
struct CurlHTTP: HTTPCalling {
    func call(_ call: HTTPCall) async throws -> HTTPReply {
        let (status, text) = try await answer(call.method.rawValue, call.url)
        let body = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
            continuation.yield(ByteBuffer(string: text))
            continuation.finish()
        }
        return HTTPReply(status: status, headers: [:], body: body)
    }

    /// Status and body; throws `unavailable` when nobody answers.
    func answer(_ method: String = "GET", _ url: String, body: String? = nil) async throws -> (status: Int, body: String) {
        var arguments = ["-s", "-m", "60", "-X", method, "-w", "\n%{http_code}", url]
        if let body { arguments += ["-H", "Content-Type: application/json", "-d", body] }
        let spec = ProcessSpec(executable: "curl", arguments: arguments, environment: ["PATH": "/usr/bin:/bin"])
        let result = try await Command.run(spec, limit: .seconds(90), clock: ContinuousClock())
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        guard result.succeeded, let status = lines.last.flatMap({ Int($0) }) else {
            throw AuroraError(.unavailable, "nobody answers at '\(url)'")
        }
        return (status, lines.dropLast().joined(separator: "\n"))
    }
}
