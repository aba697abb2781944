public import AuroraModel

/// Whether a plan can be given to a process at all.
public enum PlanCheck {
    /// Longest time that a plan may name, in seconds: a year.
    static let longest = 31_536_000.0

    /// Throws `invalid` with the service's name.
    public static func check(_ plan: ProcessPlan) throws(AuroraError) {
        try require(
            isName(plan.name), "'\(plan.name.prefix(64))' is no name of a service", "use letters, digits, '.', '_' and '-', at most 63")
        let who = "service '\(plan.name)'"
        try require(plan.arguments.first?.isEmpty == false, "\(who) names no program", "give it a command")
        let texts = plan.arguments + plan.environment.map { $0.value.reveal() } + [plan.folder] + plan.folders + plan.files.map(\.path)
        try require(texts.allSatisfy { !$0.utf8.contains(0) }, "\(who) has a NUL byte in its command or environment", "leave it out")
        for variable in plan.environment {
            try require(
                !variable.name.isEmpty && !variable.name.utf8.contains { $0 == 0 || $0 == UInt8(ascii: "=") },
                "\(who) has the variable '\(variable.name)', which is no name", "leave out '='")
        }
        for path in [plan.folder] + plan.folders + plan.files.map(\.path) {
            try require(path.hasPrefix("/"), "\(who) names '\(path)'", "use an absolute path")
        }
        try require(
            SignalNames.number(plan.stopSignal) != nil, "\(who) has the stop signal '\(plan.stopSignal)'", "use one such as SIGTERM")
        var times = [plan.stopGraceSeconds]
        if let check = plan.healthcheck { times += [check.interval, check.timeout, check.startPeriod] }
        try require(times.allSatisfy { (0...longest).contains($0) }, "\(who) has a time outside of 0 to \(Int(longest)) s", "use seconds")
    }

    /// It becomes the name of files.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 63, isAlphanumeric(first) else { return false }
        return name.utf8.allSatisfy { isAlphanumeric($0) || "._-".utf8.contains($0) }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: false
        }
    }

    private static func require(_ holds: Bool, _ message: String, _ hint: String) throws(AuroraError) {
        if !holds { throw AuroraError(.invalid, message, hint: hint) }
    }
}
