import AuroraModel
import Synchronization

/// What a short command said.
struct CommandResult: Sendable, Equatable {
    let ending: ChildEnding
    /// Standard output and error together, the last `Command.outputLimit` bytes of them.
    let output: String

    var succeeded: Bool { ending == .exited(0) }
}

/// Runs a command that ends by itself.
enum Command {
    static let outputLimit = 64 * 1024

    /// - Throws: `AuroraError`: `notFound`, or `timedOut` when it takes longer than `limit`; then it is gone.
    static func run(
        _ spec: ProcessSpec, limit: Duration, clock: any Clock<Duration>, onLine: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> CommandResult {
        let collected = OutputTail(limit: outputLimit)
        return try await withThrowingTaskGroup(of: CommandResult?.self) { group in
            group.addTask {
                let ending = try await ChildProcess.run(spec, grace: .seconds(2)) { bytes in
                    for line in collected.add(bytes) { onLine(line) }
                }
                return CommandResult(ending: ending, output: collected.text)
            }
            group.addTask {
                try await clock.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw AuroraError(
                    .timedOut, "'\(spec.executable)' did not end within \(limit)", hint: "see whether the machine is overloaded")
            }
            return result
        }
    }
}

/// A `LineCollector` that tasks may share.
private final class OutputTail: Sendable {
    private let lines: Mutex<LineCollector>

    init(limit: Int) { lines = Mutex(LineCollector(limit: limit)) }

    var text: String { lines.withLock { $0.text } }

    func add(_ bytes: [UInt8]) -> [String] { lines.withLock { $0.add(bytes) } }
}

/// Keeps the tail of an output and cuts it into lines as it comes.
struct LineCollector {
    private let limit: Int
    private var kept: [UInt8] = []
    private var line: [UInt8] = []

    init(limit: Int) { self.limit = limit }

    var text: String { String(decoding: kept, as: UTF8.self) }

    /// Adds a piece and returns the lines that it completes, each at most `limit` bytes, without empty ones.
    mutating func add(_ bytes: [UInt8]) -> [String] {
        kept += bytes
        if kept.count > limit { kept.removeFirst(kept.count - limit) }
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
                if !line.isEmpty { lines.append(String(decoding: line, as: UTF8.self)) }
                line.removeAll(keepingCapacity: true)
            } else if line.count < limit {
                line.append(byte)
            }
        }
        return lines
    }
}
