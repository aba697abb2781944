/// One part of the installation. A step that was cut is done again as a whole.
enum InstallStep: Sendable, Equatable {
    case environment
    case package(EnginePackage)

    /// Names the step in the record of what is done.
    var id: String {
        switch self {
        case .environment: "environment"
        case .package(let package): package.requirement
        }
    }

    /// Its part of the whole, in bytes to download; making the environment counts like a small download.
    var weight: Int64 {
        switch self {
        case .environment: 8_000_000
        case .package(let package): package.downloadBytes
        }
    }
}

/// What is finished. Written after each step, so that a cut installation never looks like a finished one.
struct InstallRecord: Sendable, Equatable, Codable {
    var done: [String] = []
}

/// Decides what is left to do.
enum InstallPlanner {
    static func allSteps(_ settings: LocalEngineSettings) -> [InstallStep] {
        [.environment, .package(settings.server), .package(settings.model)]
    }

    /// - Parameter environmentWorks: whether the environment's interpreter is still there (a system update may remove it).
    static func steps(_ settings: LocalEngineSettings, record: InstallRecord, environmentWorks: Bool) -> [InstallStep] {
        let all = allSteps(settings)
        guard environmentWorks, record.done.contains(InstallStep.environment.id) else { return all }
        return all.filter { !record.done.contains($0.id) }
    }
}
