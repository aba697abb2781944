#if os(Linux)
import Foundation

/// Files that the kernel writes while they are read, such as those under `/proc`.
enum KernelFile {
    private static let chunk = 64 * 1024

    /// The whole text; nil when it cannot be read.
    ///
    /// They come a page at a time, and Foundation takes a read that is shorter than asked for the end of the file.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: chunk)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 ? String(decoding: bytes, as: UTF8.self) : nil }
            bytes += piece.prefix(count)
        }
    }
}
#endif
