import AuroraModel
import AuroraSystem

/// Does one step and looks whether it worked. Doing it again after it was cut short finishes it.
struct StepRunner: Sendable {
    let id: String
    let backup: Backup
    let tools: ApplyTools

    var disk: any ApplyDisk { tools.disk }

    func perform(_ step: Step) async throws(AuroraError) {
        switch step.work {
        case .makeFolder(let work): try make(work)
        case .removeFolder(let path): _ = try disk.removeFolderIfEmpty(path)
        case .writeFile(let work): try write(work)
        case .removeFile(let path): try remove(path)
        case .start(let activity): try await ActivityRunner(tools: tools).start(activity)
        case .stop(let activity): try await ActivityRunner(tools: tools).stop(activity)
        }
    }

    private func make(_ work: FolderWork) throws(AuroraError) {
        let now = try disk.look(work.path)
        guard now.isMissing || now.isFolder else { throw changed(work.path, now) }
        try disk.makeFolder(work.path, mode: work.mode, owner: work.owner)
        guard case .folder(work.mode, _) = try disk.look(work.path) else { throw notAsWritten(work.path) }
    }

    private func write(_ work: FileWork) throws(AuroraError) {
        let now = try disk.look(work.path)
        if Self.isWritten(now, work) { return }
        let before = backup.seen(work.path)
        guard now == before else { throw changed(work.path, now) }
        var owner = work.owner
        // A file that is replaced keeps its owner unless the plan names another.
        if owner == nil, case .file(_, _, let theirs) = before { owner = theirs }
        try disk.replace(work.path, with: StagedContents(id: id, tools: tools).bytes(of: work), mode: work.mode, owner: owner)
        guard Self.isWritten(try disk.look(work.path), work) else { throw notAsWritten(work.path) }
    }

    private func remove(_ path: String) throws(AuroraError) {
        let now = try disk.look(path)
        guard now.isMissing || now == backup.seen(path) else { throw changed(path, now) }
        try disk.removeFile(path)
    }

    static func isWritten(_ seen: FileSeen, _ work: FileWork) -> Bool {
        guard case .file(work.digest, work.mode, let owner) = seen else { return false }
        return work.owner == nil || work.owner == owner
    }

    private func changed(_ path: String, _ now: FileSeen) -> AuroraError {
        AuroraError(
            .conflict, "somebody changed '\(path)' meanwhile: there is \(now.words)",
            hint: "see who writes it; then make a new plan with 'aurora plan'")
    }

    private func notAsWritten(_ path: String) -> AuroraError {
        AuroraError(.failed, "'\(path)' is not what was just put there", hint: "see who else writes it, and whether its disk is healthy")
    }
}
