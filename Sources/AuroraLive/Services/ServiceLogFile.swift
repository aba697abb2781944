import AuroraSystem
import Foundation

/// The log of a service: a file that its processes write into themselves, so that nothing is lost while the node is away.
///
/// Past its limit it is copied to `.1`, the one before to `.2` and so on, and cut to nothing. What is written in the instant between the
/// end of the copy and the cut is lost; moving the file instead would leave the processes writing into the old one.
struct ServiceLogFile: Sendable {
    private static let pieceSize = 65_536
    /// The most that is read of a log at once.
    static let readLimit = 1 << 20

    let path: String
    var limit = 10_000_000
    var kept = 3

    /// For appending (0600); what cannot be kept is thrown away, since a full disk must not keep a service from running.
    func open() -> Int32 {
        let descriptor = Foundation.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        return descriptor >= 0 ? descriptor : Foundation.open("/dev/null", O_WRONLY | O_CLOEXEC)
    }

    func trim() {
        guard let size = size(path), size > limit else { return }
        for number in stride(from: kept, to: 1, by: -1) { rename("\(path).\(number - 1)", "\(path).\(number)") }
        // Cut even where the copy has no room: the limit holds.
        if !copy(to: "\(path).1") { unlink("\(path).1") }
        truncate(path, 0)
    }

    private func copy(to target: String) -> Bool {
        let from = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        let to = Foundation.open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        defer {
            if from >= 0 { close(from) }
            if to >= 0 { close(to) }
        }
        guard from >= 0, to >= 0 else { return false }
        var piece = [UInt8](repeating: 0, count: Self.pieceSize)
        while true {
            let count = read(from, &piece, piece.count)
            guard count > 0 else { return count == 0 }
            guard FolderFiles.writeAll(Array(piece[..<count]), to: to) else { return false }
        }
    }

    /// The last lines, over the border of the last rotation too.
    func tail(lines: Int) -> LogPiece {
        let end = size(path) ?? 0
        let start = max(0, end - Self.readLimit)
        var bytes = bytes(path, from: start, count: end - start)
        let next = start + bytes.count
        if start == 0, let older = size("\(path).1") {
            let from = max(0, older - Self.readLimit)
            bytes = self.bytes("\(path).1", from: from, count: older - from) + bytes
        }
        return LogPiece(bytes: Self.lastLines(lines, of: bytes), next: next)
    }

    func piece(from place: Int) -> LogPiece {
        let end = size(path) ?? 0
        let start = place > end || place < 0 ? 0 : place
        let bytes = bytes(path, from: start, count: min(end - start, Self.readLimit))
        return LogPiece(bytes: bytes, next: start + bytes.count)
    }

    static func lastLines(_ count: Int, of bytes: [UInt8]) -> [UInt8] {
        guard count > 0 else { return [] }
        var rest = count
        let end = bytes.last == UInt8(ascii: "\n") ? bytes.count - 1 : bytes.count
        for index in stride(from: end - 1, through: 0, by: -1) where bytes[index] == UInt8(ascii: "\n") {
            rest -= 1
            if rest == 0 { return Array(bytes[(index + 1)...]) }
        }
        return bytes
    }

    /// Nil for what is no plain file.
    private func size(_ path: String) -> Int? {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG ? Int(facts.st_size) : nil
    }

    private func bytes(_ path: String, from place: Int, count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        let descriptor = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let read = pread(descriptor, &bytes, count, off_t(place))
        return read > 0 ? Array(bytes[..<read]) : []
    }
}
