public import AuroraModel
import Foundation

/// Plans as JSON, with the real values of their environments: for the node's state folder, mode 0600, and nowhere else.
public enum PlanCodec {
    private static let version = 1

    private struct Content: Codable {
        var version: Int
        var services: [StoredPlan]
    }

    /// Stable byte for byte.
    public static func encode(_ plans: [ProcessPlan]) throws(AuroraError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return Array(try encoder.encode(Content(version: version, services: plans.map(StoredPlan.init))))
        } catch {
            throw AuroraError(.invalid, "the services cannot be written down: \(error)", hint: "look for a number that is none")
        }
    }

    /// Throws `invalid` for what is no list of services, or holds what no process can be given.
    public static func decode(_ bytes: [UInt8]) throws(AuroraError) -> [ProcessPlan] {
        let content: Content
        do { content = try JSONDecoder().decode(Content.self, from: Data(bytes)) } catch {
            throw AuroraError(.invalid, "it is no list of services", hint: "write it anew with 'aurora apply'")
        }
        guard content.version == version else {
            throw AuroraError(
                .invalid, "it has version \(content.version), and this Aurora knows version \(version)",
                hint: "write it anew with 'aurora apply'")
        }
        let plans = content.services.map(\.plan)
        for plan in plans { try PlanCheck.check(plan) }
        guard Set(plans.map(\.name)).count == plans.count else {
            throw AuroraError(.invalid, "it names a service twice", hint: "write it anew with 'aurora apply'")
        }
        return plans
    }
}

/// A plan with its secrets in the open.
private struct StoredPlan: Codable {
    struct Variable: Codable {
        var name: String
        var value: String
    }

    var name: String
    var arguments: [String]
    var environment: [Variable]
    var folder: String
    var user: String?
    var files: [PlannedFile]
    var folders: [String]
    var healthcheck: HealthCheck?
    var restart: RestartPolicy
    var dependsOn: [ServiceDependency]
    var resources: ResourceLimits
    var stopGraceSeconds: Double
    var stopSignal: String
    var ports: [PortMapping]

    init(_ plan: ProcessPlan) {
        (name, arguments, folder, user) = (plan.name, plan.arguments, plan.folder, plan.user)
        environment = plan.environment.map { Variable(name: $0.name, value: $0.value.reveal()) }
        (files, folders, healthcheck, restart) = (plan.files, plan.folders, plan.healthcheck, plan.restart)
        (dependsOn, resources, ports) = (plan.dependsOn, plan.resources, plan.ports)
        (stopGraceSeconds, stopSignal) = (plan.stopGraceSeconds, plan.stopSignal)
    }

    var plan: ProcessPlan {
        ProcessPlan(
            name: name, arguments: arguments, environment: environment.map { EnvironmentVariable($0.name, $0.value) }, folder: folder,
            user: user, files: files, folders: folders, healthcheck: healthcheck, restart: restart, dependsOn: dependsOn,
            resources: resources, stopGraceSeconds: stopGraceSeconds, stopSignal: stopSignal, ports: ports)
    }
}

extension ProcessPlan {
    /// SHA-256 of what the process itself is made of. Two plans with the same one differ only in how the process is watched over, so
    /// going from one to the other needs no restart.
    public var launchDigest: String {
        var made = self
        (made.healthcheck, made.restart, made.dependsOn, made.ports) = (nil, .no, [], [])
        (made.stopGraceSeconds, made.stopSignal) = (0, "")
        let bytes = (try? PlanCodec.encode([made])) ?? []
        return TokenHash.hash(String(decoding: bytes, as: UTF8.self))
    }
}
