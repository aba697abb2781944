import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes
import NIOCore

/// One call to another node: its report, and how long the way there and back took.
struct PeerProbe {
    let me: NodeIdentity
    let token: Secret?
    let http: any HTTPCalling
    /// For the whole call.
    let timeout: Duration
    /// Largest report, in bytes.
    let limit: Int

    /// Throws `timedOut` for silence; every other error is certain: nobody there, the wrong one, or one that refuses.
    func ask(_ target: PeerTarget) async throws(AuroraError) -> (report: NodeReport, took: Duration) {
        let (status, body, took) = try await fetch(target)
        guard status == 200 else { throw Self.refusal(status) }
        let report = try ReportWire.decode(body)
        try ReportCheck(me: me).check(report, of: target)
        return (report, took)
    }

    private func fetch(_ target: PeerTarget) async throws(AuroraError) -> (status: Int, body: Data, took: Duration) {
        var headers: HTTPFields = [.accept: "application/json"]
        if let token { headers[.authorization] = "Bearer \(token.reveal())" }
        let call = HTTPCall(.get, target.api + "/api/mesh/self", headers: headers, headTimeout: timeout, idleTimeout: timeout)
        do {
            return try await Deadline.within(timeout) {
                let start = ContinuousClock.now
                let reply = try await http.call(call)
                let took = ContinuousClock.now - start
                return (reply.status, Data(try await reply.collect(upTo: limit).readableBytesView), took)
            }
        } catch let error as AuroraError {
            throw error
        } catch let error as BodyTooLarge {
            throw AuroraError(.tooLarge, "its report is larger than \(error.limit >> 10) KB")
        } catch {
            throw AuroraError(.unavailable, "the call to it broke off: \(error)")
        }
    }

    private static func refusal(_ status: Int) -> AuroraError {
        switch status {
        case 401, 403:
            AuroraError(
                .unauthorized, "it refuses this node's token (\(status))", hint: "give both the same 'node_token' and restart them")
        case 404: AuroraError(.notFound, "what answers is no Aurora node that takes part in a mesh (404)")
        default: AuroraError(.unavailable, "it answered with status \(status)")
        }
    }
}

/// A limit on a whole piece of work, however many steps it has.
enum Deadline {
    static func within<Value: Sendable>(_ limit: Duration, _ work: @escaping @Sendable () async throws -> Value) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw AuroraError(.timedOut, "it did not answer within \(limit)")
            }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}
