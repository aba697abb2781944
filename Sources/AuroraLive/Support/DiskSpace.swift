import Foundation

/// Room on a disk.
enum DiskSpace {
    /// Bytes that this user may still write below `path`, or below the nearest folder above it that exists; nil when unknown.
    static func free(at path: String) -> Int64? {
        var facts = statvfs()
        var folder = URL(fileURLWithPath: path)
        while statvfs(folder.path, &facts) != 0 {
            guard errno == ENOENT, folder.pathComponents.count > 1 else { return nil }
            folder.deleteLastPathComponent()
        }
        let (bytes, overflow) = Int64(clamping: facts.f_bavail).multipliedReportingOverflow(by: Int64(clamping: facts.f_frsize))
        return overflow ? .max : bytes
    }
}
