import AuroraModel
import AuroraSystem

/// What stood at every path that a plan changes, before its first step.
struct Backup: Codable, Sendable, Equatable {
    var entries: [String: FileSeen]

    func seen(_ path: String) -> FileSeen { entries[path] ?? .missing }

    /// Copies every file that the plan changes. Throws `refused` when something is not as the plan saw it.
    static func take(for plan: Plan, id: String, tools: ApplyTools) throws(AuroraError) -> Backup {
        let disk = tools.disk
        for folder in [tools.folder.backups, tools.folder.backup(id), tools.folder.before(id)] {
            try disk.makeFolder(folder, mode: 0o700, owner: nil)
        }
        var backup = Backup(entries: [:])
        for path in plan.steps.compactMap(\.work.path).uniqued() {
            let seen = try disk.look(path)
            try checkAsPlanned(path, seen, plan)
            if case .file(let digest, _, _) = seen { try copy(path, digest, to: tools.folder.before(id), disk: disk) }
            backup.entries[path] = seen
        }
        let manifest = try StableJSON.bytes(of: backup, pretty: true)
        try disk.replace(tools.folder.backupManifest(id), with: manifest, mode: 0o600, owner: nil)
        return backup
    }

    static func read(_ id: String, tools: ApplyTools) throws(AuroraError) -> Backup {
        let path = tools.folder.backupManifest(id)
        let bytes = try tools.disk.read(path, limit: ApplyLimits.file)
        guard let backup: Backup = StableJSON.value(from: bytes) else {
            throw AuroraError(
                .failed, "the list of backups '\(path)' is damaged", hint: "put it back from a backup of the state folder, then try again")
        }
        return backup
    }

    /// The bytes of a file as it was, checked against its digest.
    static func bytes(_ digest: String, of path: String, id: String, tools: ApplyTools) throws(AuroraError) -> [UInt8] {
        let copy = tools.folder.before(id) + "/" + digest
        let bytes = try tools.disk.read(copy, limit: ApplyLimits.file)
        guard ContentDigest.of(bytes) == digest else {
            throw AuroraError(
                .failed, "the backup '\(copy)' of '\(path)' is damaged: its bytes are not those that were saved",
                hint: "put '\(path)' back by hand, then run undo again")
        }
        return bytes
    }

    private static func copy(_ path: String, _ digest: String, to folder: String, disk: any ApplyDisk) throws(AuroraError) {
        let bytes = try disk.read(path, limit: ApplyLimits.file)
        guard ContentDigest.of(bytes) == digest else {
            throw AuroraError(.conflict, "'\(path)' changes while it is being saved", hint: "see who writes it, then try again")
        }
        try disk.replace(folder + "/" + digest, with: bytes, mode: 0o600, owner: nil)
    }

    private static func checkAsPlanned(_ path: String, _ seen: FileSeen, _ plan: Plan) throws(AuroraError) {
        guard let planned = plan.relies.files[path], planned != seen else { return }
        throw AuroraError(
            .refused, "the machine changed since the plan was made: at '\(path)' there was \(planned.words), now there is \(seen.words)",
            hint: "make a new plan with 'aurora plan', read it, then apply that one")
    }
}
