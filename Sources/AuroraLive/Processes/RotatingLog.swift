import Foundation
import Synchronization

/// A log file that never grows past its limit: at the limit it becomes `.1`, the one before `.2`, and so on.
///
/// When the disk is full, output is dropped rather than holding up the process that writes it.
final class RotatingLog: Sendable {
    private struct State {
        var descriptor: Int32 = -1
        var size: Int64 = 0
        var lines = LineCollector(limit: 200)
        var lastLine: String?
    }

    private let path: String
    private let limit: Int64
    private let kept: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limit: bytes of the current file.
    ///   - kept: how many older files stay.
    init(path: String, limit: Int64 = 5_000_000, kept: Int = 3) {
        self.path = path
        self.limit = limit
        self.kept = kept
    }

    deinit { state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } } }

    /// The last line that was not empty, at most 200 bytes: a crashed program's last words.
    var lastLine: String? { state.withLock { $0.lastLine } }

    func append(_ bytes: [UInt8]) {
        state.withLock { state in
            state.lastLine = state.lines.add(bytes).last ?? state.lastLine
            if state.descriptor < 0 { open(&state) }
            if state.size > 0, state.size + Int64(bytes.count) > limit { rotate(&state) }
            if state.descriptor >= 0, FolderFiles.writeAll(bytes, to: state.descriptor) { state.size += Int64(bytes.count) }
        }
    }

    private func open(_ state: inout State) {
        state.descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        var facts = stat()
        state.size = state.descriptor >= 0 && fstat(state.descriptor, &facts) == 0 ? Int64(facts.st_size) : 0
    }

    private func rotate(_ state: inout State) {
        close(state.descriptor)
        for number in stride(from: kept, to: 1, by: -1) { rename("\(path).\(number - 1)", "\(path).\(number)") }
        if kept > 0 { rename(path, "\(path).1") } else { unlink(path) }
        open(&state)
    }
}
