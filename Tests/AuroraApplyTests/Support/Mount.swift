import Foundation

/// Small file systems in memory, for tests that need a full or a read-only disk.
enum Mount {
    static var works: Bool {
        let path = FileManager.default.temporaryDirectory.path + "/aurora-mount-\(UInt64.random(in: .min ... .max))"
        defer { rmdir(path) }
        guard mkdir(path, 0o700) == 0, call("mount", ["-t", "tmpfs", "-o", "size=16k", "none", path]) else { return false }
        return call("umount", [path])
    }

    static func small(at path: String, kilobytes: Int, _ body: () async throws -> Void) async throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard call("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=0755", "none", path]) else { throw Failed() }
        defer { _ = call("umount", [path]) }
        try await body()
    }

    static func makeReadOnly(_ path: String) throws {
        guard call("mount", ["-o", "remount,ro", path]) else { throw Failed() }
    }

    private struct Failed: Error {}

    private static func call(_ program: String, _ arguments: [String]) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }
}
