public import AuroraModel
import Foundation

extension ProcessPlan {
    /// SHA-256 of what the process itself is made of. Two plans with the same one differ only in how the process is watched over, so
    /// going from one to the other needs no restart.
    public var launchDigest: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let bytes = (try? encoder.encode(Launch(self))) ?? Data()
        return TokenHash.hash(String(decoding: bytes, as: UTF8.self))
    }
}

/// The parts of a plan that its process is made of, with its secrets in the open: for the digest, and nowhere else.
private struct Launch: Encodable {
    struct Variable: Encodable {
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
    var resources: ResourceLimits

    init(_ plan: ProcessPlan) {
        (name, arguments, folder, user) = (plan.name, plan.arguments, plan.folder, plan.user)
        environment = plan.environment.map { Variable(name: $0.name, value: $0.value.reveal()) }
        (files, folders, resources) = (plan.files, plan.folders, plan.resources)
    }
}
