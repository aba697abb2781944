import AuroraApply
import AuroraModel
import AuroraSystem
import Foundation
import Synchronization

/// Ends the work at one change of the machine, as `kill -9` would: that change and all later ones are thrown away.
final class CrashPoint: Sendable {
    enum Moment: CaseIterable, Sendable {
        /// Before the change.
        case before
        /// In the middle of it, with half of it on the disk.
        case halfway
        /// After it, before anybody hears of it.
        case after
    }

    private let passed = Mutex(0)
    private let limit: Int
    private let moment: Moment

    /// - Parameter limit: the number of the change, from 0.
    init(at limit: Int, _ moment: Moment) { (self.limit, self.moment) = (limit, moment) }

    var changes: Int { passed.withLock(\.self) }

    static let crash = AuroraError(.failed, "the process is gone")

    func pass<Value>(half: () -> Void = {}, _ change: () throws(AuroraError) -> Value) throws(AuroraError) -> Value {
        let number = next()
        if number < limit { return try change() }
        if number == limit {
            if moment == .halfway { half() }
            if moment == .after { _ = try change() }
        }
        throw Self.crash
    }

    private func next() -> Int {
        passed.withLock { count in
            count += 1
            return count - 1
        }
    }
}

/// A disk that stops working at the crash.
struct CrashingDisk: ApplyDisk {
    let point: CrashPoint
    let disk: any ApplyDisk

    func look(_ path: String) throws(AuroraError) -> FileSeen { try disk.look(path) }
    func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8] { try disk.read(path, limit: limit) }
    func list(_ folder: String) throws(AuroraError) -> [String] { try disk.list(folder) }
    func claim(_ path: String, saying words: [UInt8]) throws(AuroraError) -> (any ApplyClaim)? { try disk.claim(path, saying: words) }

    func replace(_ path: String, with bytes: [UInt8], mode: UInt16, owner: FileOwner?) throws(AuroraError) {
        let left = (path as NSString).deletingLastPathComponent + "/." + (path as NSString).lastPathComponent + ".aurora-new"
        let half = { _ = FileManager.default.createFile(atPath: left, contents: Data(bytes.prefix(bytes.count / 2))) }
        try point.pass(half: half) { () throws(AuroraError) in try disk.replace(path, with: bytes, mode: mode, owner: owner) }
    }

    func makeFolder(_ path: String, mode: UInt16, owner: FileOwner?) throws(AuroraError) {
        try point.pass(half: { _ = mkdir(path, 0o700) }) { () throws(AuroraError) in
            try disk.makeFolder(path, mode: mode, owner: owner)
        }
    }

    func tidy(_ path: String) throws(AuroraError) {
        try point.pass { () throws(AuroraError) in try disk.tidy(path) }
    }

    func removeFile(_ path: String) throws(AuroraError) {
        try point.pass { () throws(AuroraError) in try disk.removeFile(path) }
    }

    func removeFolderIfEmpty(_ path: String) throws(AuroraError) -> Bool {
        try point.pass { () throws(AuroraError) in try disk.removeFolderIfEmpty(path) }
    }

    func removeTree(_ path: String) throws(AuroraError) {
        let half = { () -> Void in
            if let first = try? disk.list(path).first { try? FileManager.default.removeItem(atPath: path + "/" + first) }
        }
        try point.pass(half: half) { () throws(AuroraError) in try disk.removeTree(path) }
    }

    func moveTree(_ path: String, to target: String) throws(AuroraError) {
        let half = { () -> Void in try? FileManager.default.copyItem(atPath: path, toPath: target + ".part") }
        try point.pass(half: half) { () throws(AuroraError) in try disk.moveTree(path, to: target) }
    }

    func append(_ path: String, _ bytes: [UInt8]) throws(AuroraError) {
        let half = { () -> Void in try? disk.append(path, Array(bytes.prefix(bytes.count / 2))) }
        try point.pass(half: half) { () throws(AuroraError) in try disk.append(path, bytes) }
    }

    func cut(_ path: String, to length: Int) throws(AuroraError) {
        try point.pass { () throws(AuroraError) in try disk.cut(path, to: length) }
    }
}

/// Commands that stop working at the crash.
struct CrashingCommands: CommandRunner {
    let point: CrashPoint
    let commands: FakeServices

    func run(_ call: CommandCall, onLine: @escaping @Sendable (String) -> Void) async throws -> CommandEnd {
        if call.arguments.first == "verify" { return commands.end(call) }
        return try point.pass { () throws(AuroraError) in commands.end(call) }
    }
}
