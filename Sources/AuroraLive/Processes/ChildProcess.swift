import AuroraModel
import Foundation
import Subprocess
import Synchronization

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// How a child ended.
enum ChildEnding: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)

    var sentence: String {
        switch self {
        case .exited(let code): "ended with exit code \(code)"
        case .signalled(let signal): "was ended by signal \(signal)"
        }
    }
}

/// Runs one child in a session of its own and leaves nothing of it behind.
enum ChildProcess {
    /// Returns when the child has ended. Cancelling asks its whole group to end, and after `grace` makes it.
    ///
    /// - Throws: `AuroraError` when it cannot be started.
    static func run(
        _ spec: ProcessSpec, grace: Duration, started: @Sendable (Int32) -> Void = { _ in }, output: @Sendable ([UInt8]) -> Void
    ) async throws -> ChildEnding {
        let group = Mutex<Int32?>(nil)
        // Grandchildren that ignored the polite signal, or outlived their parent, end here.
        defer { group.withLock { if let pid = $0 { _ = kill(-pid, SIGKILL) } } }
        do {
            let result = try await Subprocess.run(
                configuration(spec, grace: grace), input: .none, output: .sequence, error: .combinedWithOutput
            ) { execution in
                group.withLock { $0 = execution.processIdentifier.value }
                started(execution.processIdentifier.value)
                for try await piece in execution.standardOutput { output(piece.withUnsafeBytes { Array($0) }) }
            }
            return ending(result.terminationStatus)
        } catch let error as SubprocessError {
            throw failure(error, spec)
        }
    }

    static func configuration(_ spec: ProcessSpec, grace: Duration) -> Configuration {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: grace)]
        let environment = spec.environment.compactMap { name, value in Environment.Key(rawValue: name).map { ($0, value) } }
        return Configuration(
            executable: spec.executable.contains("/") ? .path(FilePath(spec.executable)) : .name(spec.executable),
            arguments: Arguments(spec.arguments),
            environment: .custom(Dictionary(environment) { _, new in new }),
            workingDirectory: spec.workingDirectory.map { FilePath($0) },
            platformOptions: options)
    }

    static func ending(_ status: TerminationStatus) -> ChildEnding {
        switch status {
        case .exited(let code): .exited(code)
        case .signaled(let signal): .signalled(signal)
        }
    }

    static func failure(_ error: SubprocessError, _ spec: ProcessSpec) -> AuroraError {
        switch error.code {
        case .executableNotFound:
            AuroraError(.notFound, "there is no program '\(spec.executable)'", hint: "install it, or check the path")
        case .failedToChangeWorkingDirectory:
            AuroraError(.notFound, "there is no folder '\(spec.workingDirectory ?? "")' to run '\(spec.executable)' in")
        default:
            AuroraError(
                .failed, "cannot run '\(spec.executable)': \(error.underlyingError.map { "\($0)" } ?? "\(error)")",
                hint: "check that the file may be executed")
        }
    }
}
