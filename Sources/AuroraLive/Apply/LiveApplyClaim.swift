public import AuroraApply
public import AuroraModel
import Foundation

/// An advisory lock, which the system takes back when the process ends, however it ends.
private final class LiveApplyClaim: ApplyClaim {
    private let descriptor: Int32

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit {
        // A child that is just being made has this descriptor too, until it becomes another program: closing alone would not let go.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}

extension LiveApplyDisk {
    public func claim(_ path: String, saying words: [UInt8]) throws(AuroraError) -> (any ApplyClaim)? {
        let descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DiskFailure.error("lock", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            guard code == EWOULDBLOCK else { throw DiskFailure.error("lock", path, code: code) }
            return nil
        }
        // The words are for the message of the next one only; the lock itself decides, so a full disk changes nothing.
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, words, words.count, 0) }
        return LiveApplyClaim(descriptor)
    }
}
