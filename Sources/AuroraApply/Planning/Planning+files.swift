extension Planning {
    /// Files to write because they are missing or differ.
    mutating func fileSteps() -> [Step] {
        desired.files.compactMap { file in
            let seen = observed.seen(file.work.path)
            if isAsDesired(seen, file.work) { return nil }
            guard mayWrite(file, over: seen) else { return nil }
            return writeStep(file, over: seen)
        }
    }

    /// Files of earlier applies that nobody wants any more.
    mutating func fileRemovals() -> [Step] {
        let wanted = Set(desired.files.map(\.work.path))
        return madeBefore { step -> FileWork? in if case .writeFile(let work) = step.work { work } else { nil } }
            .filter { !wanted.contains($0.path) && !observed.seen($0.path).isMissing }
            .compactMap { work in
                guard case .file(let digest, _, _) = observed.seen(work.path) else {
                    notes.append("'\(work.path)' was a file of Aurora's and is now something else, so it is left alone")
                    return nil
                }
                if digest != work.digest { notes.append("'\(work.path)' was changed by hand; the backup keeps it as it is now") }
                return Step(
                    key: "file:" + work.path, does: "remove '\(work.path)', which nothing needs any more",
                    touches: Touches(files: [work.path]),
                    seconds: 0.1, undo: "put it back from the backup", work: .removeFile(path: work.path))
            }
    }

    private func isAsDesired(_ seen: FileSeen, _ work: FileWork) -> Bool {
        guard case .file(work.digest, work.mode, let owner) = seen else { return false }
        return work.owner == nil || work.owner == owner
    }

    private mutating func mayWrite(_ file: DesiredFile, over seen: FileSeen) -> Bool {
        let path = file.work.path
        switch seen {
        case .missing: return true
        case .folder, .other:
            refusals.append(
                Refusal("\(file.purpose) belongs at '\(path)', where there is \(seen.words)", allow: "move it away, or choose another path")
            )
            return false
        case .file(let digest, _, _):
            guard case .writeFile(let before)? = record.made("file:" + path)?.work else { return mayReplace(file) }
            if before.digest != digest { notes.append("'\(path)' was changed by hand; the backup keeps it as it is now") }
            return true
        }
    }

    private mutating func mayReplace(_ file: DesiredFile) -> Bool {
        if file.mayReplace {
            notes.append("'\(file.work.path)' is replaced; it was not made by Aurora, and undo puts it back")
            return true
        }
        refusals.append(
            Refusal(
                "\(file.purpose) belongs at '\(file.work.path)', where there is a file that Aurora did not make",
                allow: "move that file away, or choose another path"))
        return false
    }

    private func writeStep(_ file: DesiredFile, over seen: FileSeen) -> Step {
        let path = file.work.path
        let undo = seen.isMissing ? "remove it" : "put the file back as it was"
        return Step(
            key: "file:" + path, does: "\(seen.isMissing ? "write" : "replace") \(file.purpose), '\(path)'",
            touches: Touches(files: [path]),
            seconds: 0.1, undo: undo, revision: file.work.digest, work: .writeFile(file.work))
    }

    /// What earlier applies made of one kind, in a lasting order.
    func madeBefore<Work>(_ kind: (Step) -> Work?) -> [Work] {
        record.made.sorted { $0.key < $1.key }.compactMap { kind($0.value.step) }
    }
}
