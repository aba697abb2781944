import AuroraModel

/// What a service's processes find in their environment: what the plan says, and the little that it may leave out.
enum ServiceEnvironment {
    static let path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// - Parameter mark: of the run; nil for a command that does not belong to it, such as a check.
    static func make(_ plan: ProcessPlan, home: String?, mark: String?) -> [String: String] {
        var all = ["PATH": path]
        if let home { all["HOME"] = home }
        for variable in plan.environment { all[variable.name] = variable.value.reveal() }
        if let mark {
            all["AURORA_SERVICE"] = plan.name
            all["AURORA_RUN"] = mark
        }
        return all
    }
}
