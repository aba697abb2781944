import AuroraModel
import AuroraSystem

/// How steps are taken back.
struct TakeBackRules: Sendable {
    /// Deletes data that services made, instead of keeping it.
    var purges: Bool
    /// Where what must not be lost is put.
    var keepIn: String
}

extension StepRunner {
    /// Takes a step back, however far it came. Returns what the operator should know of it.
    func takeBack(_ step: Step, _ rules: TakeBackRules) async throws(AuroraError) -> String? {
        switch step.work {
        case .makeFolder(let work): return try takeBackFolder(work, rules)
        case .removeFolder(let path): return try restoreFolder(path)
        case .writeFile(let work): return try restoreFile(work.path, written: work.digest, rules)
        case .removeFile(let path): return try restoreFile(path, written: nil, rules)
        case .start(let activity): try await ActivityRunner(tools: tools).stop(activity)
        case .stop(let activity): try await ActivityRunner(tools: tools).start(activity)
        }
        return nil
    }

    // MARK: files

    private func restoreFile(_ path: String, written: String?, _ rules: TakeBackRules) throws(AuroraError) -> String? {
        let now = try disk.look(path)
        let before = backup.seen(path)
        let note = now == before ? nil : try keepChanges(path, now, written: written, before: before, rules)
        switch before {
        case .missing: try disk.removeFile(path)
        case .file(let digest, let mode, let owner):
            guard now != before else {
                try disk.tidy(path)
                break
            }
            try disk.replace(path, with: Backup.bytes(digest, of: path, id: id, tools: tools), mode: mode, owner: owner)
        case .folder, .other: throw standsInTheWay(path, now)
        }
        guard try disk.look(path) == before else { throw notAsBefore(path) }
        return note
    }

    /// A file that is neither as Aurora wrote it nor as it was before holds somebody's work: it is copied before it goes.
    private func keepChanges(
        _ path: String, _ now: FileSeen, written: String?, before: FileSeen, _ rules: TakeBackRules
    ) throws(AuroraError) -> String? {
        switch now {
        case .missing: return nil
        case .folder, .other: throw standsInTheWay(path, now)
        case .file(let digest, _, _):
            if digest == written { return nil }
            if case .file(digest, _, _) = before { return nil }
            let place = rules.keepIn + path
            try makeFolders(above: place)
            try disk.replace(place, with: disk.read(path, limit: ApplyLimits.file), mode: 0o600, owner: nil)
            return "'\(path)' was changed since the apply; that version is kept in '\(place)'"
        }
    }

    // MARK: folders

    private func takeBackFolder(_ work: FolderWork, _ rules: TakeBackRules) throws(AuroraError) -> String? {
        switch backup.seen(work.path) {
        case .folder(let mode, let owner):
            try disk.makeFolder(work.path, mode: mode, owner: owner)
            return nil
        case .missing: return try removeFolder(work, rules)
        case .file, .other: throw standsInTheWay(work.path, try disk.look(work.path))
        }
    }

    private func removeFolder(_ work: FolderWork, _ rules: TakeBackRules) throws(AuroraError) -> String? {
        let place = rules.keepIn + work.path
        let now = try disk.look(work.path)
        if now.isMissing {
            // Moved by an undo that was cut short before it could say so.
            guard work.holdsData, try disk.look(place).isFolder else { return nil }
            return keptData(work.path, place)
        }
        guard now.isFolder else { throw standsInTheWay(work.path, now) }
        if try disk.removeFolderIfEmpty(work.path) { return nil }
        guard work.holdsData else { return "the folder '\(work.path)' stays, because it holds what Aurora did not put there" }
        guard !rules.purges else {
            try disk.removeTree(work.path)
            return "the data in '\(work.path)' is deleted, as told"
        }
        let free = try freePlace(place)
        try makeFolders(above: free)
        try disk.moveTree(work.path, to: free)
        return keptData(work.path, free)
    }

    private func restoreFolder(_ path: String) throws(AuroraError) -> String? {
        if case .folder(let mode, let owner) = backup.seen(path) { try disk.makeFolder(path, mode: mode, owner: owner) }
        return nil
    }

    private func keptData(_ path: String, _ place: String) -> String { "the data in '\(path)' is kept in '\(place)'" }

    /// Two folders never become one: what is already kept there stays as it is.
    private func freePlace(_ place: String) throws(AuroraError) -> String {
        var (free, number) = (place, 1)
        while try !disk.look(free).isMissing {
            number += 1
            free = "\(place)-\(number)"
        }
        return free
    }

    private func makeFolders(above path: String) throws(AuroraError) {
        for folder in PathText.ancestors(path) where PathText.isInside(folder, tools.folder.state) {
            if try disk.look(folder).isMissing { try disk.makeFolder(folder, mode: 0o700, owner: nil) }
        }
    }

    private func standsInTheWay(_ path: String, _ now: FileSeen) -> AuroraError {
        AuroraError(.conflict, "'\(path)' cannot be taken back: now there is \(now.words)", hint: "move it away, then run undo again")
    }

    private func notAsBefore(_ path: String) -> AuroraError {
        AuroraError(.failed, "'\(path)' is not as it was before", hint: "see who else writes it, then run undo again")
    }
}
