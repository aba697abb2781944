import Foundation
import Subprocess
import Synchronization

extension ChildProcess {
    /// What a child wrote, the two kinds apart.
    struct Written: Sendable {
        let ending: ChildEnding
        let output: [UInt8]
        let errors: [UInt8]
    }

    /// Like `run`, for a child whose output is data: of each kind the first `limit` bytes are kept.
    ///
    /// - Throws: `AuroraError` when it cannot be started.
    static func collect(_ spec: ProcessSpec, limit: Int, grace: Duration) async throws -> Written {
        let group = Mutex<Int32?>(nil)
        defer { group.withLock { if let pid = $0 { _ = kill(-pid, SIGKILL) } } }
        do {
            let result = try await Subprocess.run(
                configuration(spec, grace: grace), input: .none, output: .sequence, error: .sequence
            ) { execution in
                group.withLock { $0 = execution.processIdentifier.value }
                async let errors = head(of: execution.standardError, limit: limit)
                let output = try await head(of: execution.standardOutput, limit: limit)
                return (output, try await errors)
            }
            return Written(ending: ending(result.terminationStatus), output: result.closureResult.0, errors: result.closureResult.1)
        } catch let error as SubprocessError {
            throw failure(error, spec)
        }
    }

    /// Reads to the end, so that the child never waits for room in the pipe.
    private static func head(of pieces: SubprocessOutputSequence, limit: Int) async throws -> [UInt8] {
        var kept: [UInt8] = []
        for try await piece in pieces {
            let room = limit - kept.count
            if room > 0 { piece.withUnsafeBytes { kept += $0.prefix(room) } }
        }
        return kept
    }
}
