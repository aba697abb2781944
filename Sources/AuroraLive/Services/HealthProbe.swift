import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes

/// Makes one health check.
struct HealthProbe: Sendable {
    let http: any HTTPCalling
    let clock: any Clock<Duration>

    /// Nil when healthy, else why not.
    func run(_ test: HealthCheck.Test, of plan: ProcessPlan, limit: Duration) async -> String? {
        switch test {
        case .command(let arguments): await command(arguments, plan, limit)
        case .shell(let line): await command(["/bin/sh", "-c", line], plan, limit)
        case .http(let url): await get(url, limit)
        case .tcp(let port):
            await LoopbackPort.accepts(port, within: limit, clock: clock) ? nil : "nobody takes connections at port \(port)"
        }
    }

    /// As the service's user, in its folder and with its environment.
    private func command(_ arguments: [String], _ plan: ProcessPlan, _ limit: Duration) async -> String? {
        guard let program = arguments.first else { return "the check names no program" }
        do {
            let account = try ServiceAccount.resolve(plan.user, service: plan.name)
            let whole = try account.prefix(service: plan.name) + arguments
            let spec = ProcessSpec(
                executable: whole.first ?? program, arguments: Array(whole.dropFirst()),
                environment: ServiceEnvironment.make(plan, home: account.home, mark: nil), workingDirectory: plan.folder)
            let result = try await Command.run(spec, limit: limit, clock: clock)
            guard !result.succeeded else { return nil }
            let words = result.output.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(200))" } ?? ""
            return "'\(program)' \(result.ending.sentence)\(words)"
        } catch {
            return (error as? AuroraError)?.message ?? "\(error)"
        }
    }

    private func get(_ url: String, _ limit: Duration) async -> String? {
        do {
            let reply = try await http.call(HTTPCall(.get, url, headTimeout: limit, idleTimeout: limit))
            return (200..<400).contains(reply.status) ? nil : "'\(url)' answers \(reply.status)"
        } catch {
            return (error as? AuroraError)?.message ?? "'\(url)': \(error)"
        }
    }
}
