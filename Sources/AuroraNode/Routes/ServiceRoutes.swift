import AuroraAPI
import AuroraHTTP
import AuroraModel
import AuroraRuntime
import AuroraSystem
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Seeing and steering the services that this node runs.
struct ServiceRoutes: Sendable {
    private static let usualLines = 100
    private static let mostLines = 10_000

    let runtime: RuntimeService
    /// What ran before Aurora, and is never stopped or started by it.
    let kept: [String]

    func add(to router: Router<NodeContext>) {
        router.get("/services") { _, context in
            try context.require(.read)
            return try await list(await runtime.reports())
        }
        router.post("/services/reload") { _, context in
            try context.require(.admin)
            return try await list(try await runtime.load())
        }
        router.get("/services/:name") { _, context in
            try context.require(.read)
            return try JSONAnswer.make(ServiceView(try await runtime.known(name(context))))
        }
        router.get("/services/:name/logs") { request, context in
            try context.require(.read)
            let name = try await runtime.known(name(context)).name
            return try logs(of: name, request)
        }
        for (verb, act) in Self.verbs {
            router.post(RouterPath("/services/:name/\(verb)")) { request, context in
                try context.require(.admin)
                let name = name(context)
                if kept.contains(name) { return refused(verb, name, context) }
                return try JSONAnswer.make(ServiceView(try await act(runtime, name)))
            }
        }
    }

    private typealias Verb = @Sendable (RuntimeService, String) async throws -> ServiceReport

    private static let verbs: [(String, Verb)] = [
        ("start", { try await $0.start($1) }), ("stop", { try await $0.stop($1) }), ("restart", { try await $0.restart($1) }),
    ]

    private func name(_ context: NodeContext) -> String {
        let raw = context.parameters.get("name") ?? ""
        return raw.removingPercentEncoding ?? raw
    }

    private func list(_ reports: [ServiceReport]) async throws -> Response {
        try JSONAnswer.make(ServiceList(services: reports.map { ServiceView($0) }))
    }

    /// 409, as it clashes with what the manifest promises; the code `refused` is what a command line makes its exit code of.
    private func refused(_ verb: String, _ name: String, _ context: NodeContext) -> Response {
        let error = AuroraError(
            .refused, "'\(name)' is kept: it ran before Aurora, which does not \(verb) it",
            hint: "use what you always used; what Aurora runs is listed by 'aurora ps'")
        return Response(
            status: .conflict, headers: [.contentType: "application/json; charset=utf-8"],
            body: .init(byteBuffer: ErrorResponse.ownShape(error, requestID: context.requestID)))
    }

    private func logs(of name: String, _ request: Request) throws(AuroraError) -> Response {
        let lines = try Self.lines(request.uri.queryParameters["tail"].map(String.init))
        let tail = runtime.logTail(of: name, lines: lines)
        guard try Self.isFollowed(request.uri.queryParameters["follow"].map(String.init)) else {
            return Response(
                status: .ok,
                headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store", .xContentTypeOptions: "nosniff"],
                body: .init(byteBuffer: ByteBuffer(bytes: tail.bytes)))
        }
        return ServiceLogStream(runtime: runtime, name: name, tail: tail).response
    }

    private static func lines(_ text: String?) throws(AuroraError) -> Int {
        guard let text else { return usualLines }
        guard let number = Int(text), (0...mostLines).contains(number) else {
            throw AuroraError(.invalid, "parameter 'tail' is '\(text.prefix(64))'", hint: "use a whole number from 0 to \(mostLines)")
        }
        return number
    }

    private static func isFollowed(_ text: String?) throws(AuroraError) -> Bool {
        switch text {
        case nil, "0", "false": false
        case "1", "true", "": true
        default: throw AuroraError(.invalid, "parameter 'follow' is '\(text?.prefix(64) ?? "")'", hint: "use 1 or 0")
        }
    }
}

extension ServiceView {
    init(_ report: ServiceReport) {
        self.init(
            name: report.name, state: report.state, health: report.health, detail: report.detail, pid: report.pid,
            startedAt: report.startedAt?.formatted(.iso8601), restarts: report.restarts, exitCode: report.exitCode,
            ports: report.ports.map(\.words), restart: report.restart.words, limits: report.limits)
    }
}
