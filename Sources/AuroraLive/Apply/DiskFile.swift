import AuroraApply
import AuroraModel
import Foundation

/// An open file that closes itself, with failures in words.
struct DiskFile: ~Copyable {
    private let descriptor: Int32
    private let path: String

    /// - Parameters:
    ///   - named: what errors call it, where that is another path.
    ///   - doing: completes "cannot …".
    init(_ path: String, _ flags: Int32, named: String? = nil, doing: String) throws(AuroraError) {
        descriptor = open(path, flags | O_CLOEXEC, 0o600)
        self.path = named ?? path
        guard descriptor >= 0 else { throw DiskFailure.error(doing, self.path) }
    }

    deinit { close(descriptor) }

    func size() throws(AuroraError) -> Int {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw DiskFailure.error("read", path) }
        return Int(facts.st_size)
    }

    func read(limit: Int) throws(AuroraError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(descriptor, &piece, piece.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw DiskFailure.error("read", path) }
            if count == 0 { return bytes }
            bytes += piece[..<count]
            guard bytes.count <= limit else {
                throw AuroraError(
                    .tooLarge, "'\(path)' holds more than \(limit >> 10) KiB",
                    hint: "Aurora changes no file that large; choose another path")
            }
        }
    }

    func write(_ bytes: [UInt8]) throws(AuroraError) {
        guard FolderFiles.writeAll(bytes, to: descriptor) else { throw DiskFailure.error("write", path) }
    }

    func set(mode: UInt16, owner: FileOwner?) throws(AuroraError) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw DiskFailure.error("write", path) }
        if let owner, (facts.st_uid, facts.st_gid) != (owner.user, owner.group) {
            guard fchown(descriptor, owner.user, owner.group) == 0 else { throw DiskFailure.error("give away", path) }
        }
        // After the owner: giving a file away takes special bits from its mode.
        guard fchmod(descriptor, mode_t(mode)) == 0 else { throw DiskFailure.error("set the mode of", path) }
    }

    func sync() throws(AuroraError) {
        // Some file systems have no way to sync a folder, and then need none.
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw DiskFailure.error("write", path) }
    }

    @discardableResult
    func cut(to length: Int) -> Bool { ftruncate(descriptor, off_t(length)) == 0 }
}

/// What went wrong with a disk, and what to do about it.
enum DiskFailure {
    /// - Parameter doing: completes "cannot …".
    static func error(_ doing: String, _ path: String, code: Int32 = errno) -> AuroraError {
        let why = String(cString: strerror(code)).lowercased()
        return AuroraError(self.code(code), "cannot \(doing) '\(path)': \(why)", hint: hint(code))
    }

    private static func code(_ code: Int32) -> AuroraError.Code {
        switch code {
        case ENOENT: .notFound
        case EACCES, EPERM: .forbidden
        default: .failed
        }
    }

    private static func hint(_ code: Int32) -> String {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: "free some space on that disk, then run this again"
        case EROFS: "the disk is read-only: mount it for writing, or choose another folder in the manifest"
        case EACCES, EPERM: "run it as root with 'sudo', or choose a folder of your own in the manifest"
        case ENOENT, ENOTDIR: "see whether the folder above it is there"
        case ELOOP: "it is a link: name the place where it leads"
        default: "see whether the disk is healthy"
        }
    }
}
