import Foundation

/// Reads files of `/proc`, whose size is not known beforehand and which come in pieces of a page: Foundation stops at the first.
enum ProcFile {
    private static let limit = 64 << 20

    /// The whole text; nil when it cannot be opened or read.
    static func text(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while bytes.count < limit {
            let count = read(descriptor, &piece, piece.count)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            guard count > 0 else { return nil }
            bytes += piece[..<count]
        }
        return nil
    }
}
