import AuroraModel
import Foundation

/// Says why an installation step failed and what to do, from what python and pip printed.
enum InstallFailure {
    /// Below this much free space, a failure that says nothing else is taken for a full disk.
    static let fullDisk: Int64 = 20_000_000

    static func explain(_ step: InstallStep, output: String, freeBytes: Int64?, settings: LocalEngineSettings, log: String) -> AuroraError {
        let what = doing(step)
        if output.contains("No space left on device") || freeBytes.map({ $0 < fullDisk }) == true {
            return noSpace(what, freeBytes: freeBytes, needed: settings.diskBytes)
        }
        if output.contains("ensurepip is not") || output.contains("No module named venv") || output.contains("No module named ensurepip") {
            return AuroraError(
                .failed, "\(what) failed: '\(settings.python)' cannot make virtual environments", hint: "apt-get install python3-venv")
        }
        if isNetwork(output) {
            return AuroraError(
                .unavailable, "\(what) failed: the package index does not answer",
                hint: "check the network, or a proxy or index in the pip configuration; it is tried again by itself")
        }
        if output.contains("No matching distribution found") {
            return AuroraError(
                .failed, "\(what) failed: there is no such package for this Python and this kind of machine",
                hint: "it needs Python 3.10 or newer on x86_64 or arm64; see '\(log)'")
        }
        let error = output.split(separator: "\n").last { $0.hasPrefix("ERROR:") || $0.hasPrefix("Error:") }
        return AuroraError(.failed, "\(what) failed: \(error.map(String.init) ?? lastLine(output))", hint: "see '\(log)'")
    }

    static func noSpace(_ what: String, freeBytes: Int64?, needed: Int64) -> AuroraError {
        let left = freeBytes.map { " (\($0 / 1_000_000) MB are left)" } ?? ""
        return AuroraError(
            .failed, "\(what) failed: the disk is full\(left)", hint: "free \(needed / 1_000_000) MB, or use a state folder on another disk"
        )
    }

    static func noPython(_ settings: LocalEngineSettings) -> AuroraError {
        AuroraError(
            .notFound, "installing the local engine failed: there is no '\(settings.python)' on this machine",
            hint: "apt-get install python3 python3-venv")
    }

    static func doing(_ step: InstallStep) -> String {
        switch step {
        case .environment: "creating a Python environment"
        case .package(let package): "installing \(package.requirement)"
        }
    }

    private static func isNetwork(_ output: String) -> Bool {
        let signs = [
            "after connection broken by", "Failed to establish a new connection", "Temporary failure in name resolution",
            "Read timed out", "Could not fetch URL", "Network is unreachable",
        ]
        return signs.contains { output.contains($0) }
    }

    private static func lastLine(_ output: String) -> String {
        output.split(separator: "\n").last.map { String($0.prefix(200)) } ?? "it printed nothing"
    }
}
