import AuroraApply
import AuroraLive
import AuroraModel
import AuroraSystem
import Foundation
import Synchronization

/// A small machine in a scratch folder: a watched folder with files that were there before, services, and a state folder.
struct Town: Sendable {
    let root: String
    var services: FakeServices
    var kept = FakeKept()
    var contents = KnownContents()

    var watched: String { root + "/machine" }
    var state: String { root + "/state" }
    var folder: ApplyFolder { ApplyFolder(state: state) }
    let disk = LiveApplyDisk()
    static let by = AppliedBy(uid: 0, user: "root", sudoUser: "allan")
    static let date = Date(timeIntervalSince1970: 1_790_000_000)

    init(_ root: String, broken: Set<String> = []) throws {
        self.root = root
        let data = root + "/machine/srv/redis"
        services = FakeServices(broken: broken) { name in
            if name == "redis" { _ = FileManager.default.createFile(atPath: data + "/dump.rdb", contents: Data("rows".utf8)) }
        }
        try FileManager.default.createDirectory(atPath: watched + "/etc", withIntermediateDirectories: true)
        try Data("worker_processes 1;\n".utf8).write(to: URL(fileURLWithPath: watched + "/etc/nginx.conf"))
        chmod(watched + "/etc/nginx.conf", 0o640)
    }

    /// A service with a configuration, a secret, a data folder, a port and a file that replaces another.
    func desired(port: Int = 6379, text: String = "port 6379\n") -> Desired {
        var desired = Desired(mesh: "aurora", node: "lead", manifest: "m1")
        desired.folders = [FolderWork(path: watched + "/srv/redis", mode: 0o700, holdsData: true)]
        desired.files = [
            file("/etc/aurora/redis.conf", text), file("/etc/aurora/redis.env", "PASSWORD=hunter2\n", isSecret: true),
            file("/etc/nginx.conf", "worker_processes 2;\n", mode: 0o644, mayReplace: true),
        ]
        let touches = Touches(ports: [PortKey(port)], processes: ["redis-server"])
        desired.groups = [
            DesiredGroup(
                key: "service:redis", title: "the service redis", activity: FakeServices.activity("redis"), revision: "1",
                files: [watched + "/etc/aurora/redis.conf"], touches: touches),
            DesiredGroup(key: "node", title: "the node", activity: .custom(CustomWork("node")), revision: "1"),
        ]
        desired.kept = [KeptService(name: "database", ports: [PortKey(5432)], files: [watched + "/etc/postgresql.conf"])]
        return desired
    }

    func file(_ path: String, _ text: String, mode: UInt16 = 0o600, isSecret: Bool = false, mayReplace: Bool = false) -> DesiredFile {
        let bytes = Array(text.utf8)
        contents.add(bytes)
        let work = FileWork(
            path: watched + path, digest: ContentDigest.of(bytes), size: bytes.count, mode: mode, text: isSecret ? nil : text)
        return DesiredFile(work, purpose: "a file of aurora", mayReplace: mayReplace)
    }

    func tools(crash: CrashPoint? = nil) -> ApplyTools {
        let date = Self.date
        return ApplyTools(
            folder: folder, disk: crash.map { CrashingDisk(point: $0, disk: disk) } ?? disk,
            commands: crash.map { CrashingCommands(point: $0, commands: services) } ?? services, performer: services, contents: contents,
            kept: kept, now: { date })
    }

    func log() throws -> ApplyLog { try ApplyLog.read(folder, disk: disk) }

    func observed(_ desired: Desired, holders: [PortHolding] = []) throws -> Observed {
        let files = try Observed.files(at: desired.paths(with: log().record), disk: disk)
        let running = services.running.map { $0 == "node" ? $0 : "service:" + $0 }
        return Observed(files: files, holders: holders, running: Set(running))
    }

    func outcome(_ desired: Desired) throws -> PlanOutcome {
        Planner.plan(desired, observed: try observed(desired), record: try log().record, now: Self.date)
    }

    func plan(_ desired: Desired) throws -> Plan? { try outcome(desired).get() }

    func apply(_ desired: Desired, crash: CrashPoint? = nil, undoOnFailure: Bool = false) async throws -> ApplyReport? {
        guard let plan = try plan(desired) else { return nil }
        return try await Applier(tools(crash: crash)).apply(
            plan, by: Self.by, command: "aurora apply", undoOnFailure: undoOnFailure
        ) { try observed(desired) }
    }

    func resume(crash: CrashPoint? = nil) async throws -> ApplyReport? {
        try await Applier(tools(crash: crash)).resume(by: Self.by, command: "aurora apply")
    }

    func undo(_ target: UndoTarget = .last, crash: CrashPoint? = nil, purge: Bool = false) async throws -> UndoReport? {
        try await Undoer(tools(crash: crash)).undo(target, by: Self.by, command: "aurora undo", purge: purge)
    }

    /// Every path below the watched folder with its kind, mode, owner and bytes.
    func digest() throws -> [String] { try digest(of: watched) }

    private func digest(of path: String) throws -> [String] {
        try disk.list(path).flatMap { name -> [String] in
            let below = path + "/" + name
            let seen = try disk.look(below)
            return ["\(below) \(seen)"] + (seen.isFolder ? try digest(of: below) : [])
        }
    }

    func text(_ path: String) -> String? { try? String(contentsOfFile: watched + path, encoding: .utf8) }

    func write(_ path: String, _ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: watched + path)) }
}

/// Bytes by digest, as the renderers of the manifest would give them.
final class KnownContents: ContentSource, Sendable {
    private let known = Mutex<[String: [UInt8]]>([:])

    func add(_ bytes: [UInt8]) { known.withLock { $0[ContentDigest.of(bytes)] = bytes } }
    func forget() { known.withLock { $0 = [:] } }

    func bytes(of work: FileWork) async throws -> [UInt8] {
        guard let bytes = known.withLock({ $0[work.digest] }) else {
            throw AuroraError(.refused, "the manifest no longer makes '\(work.path)'", hint: "plan again")
        }
        return bytes
    }
}

/// A town in a folder of its own: in memory where the system offers that, because these tests wait for the disk thousands of times.
func withTown(broken: Set<String> = [], _ body: @Sendable (Town) async throws -> Void) async throws {
    let memory = "/dev/shm"
    let base = access(memory, W_OK) == 0 ? memory : FileManager.default.temporaryDirectory.path
    let root = base + "/aurora-\(UInt64.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: root) }
    try await body(Town(root, broken: broken))
}
