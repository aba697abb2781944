extension Planning {
    /// Folders to make, the highest first: those that are wanted, and those above files that are missing.
    mutating func folderSteps() -> [Step] {
        var wanted = Dictionary(desired.folders.map { ($0.path, $0) }) { first, _ in first }
        let places = desired.folders.map(\.path) + desired.files.map(\.work.path)
        for folder in Set(places.flatMap(PathText.ancestors)) where wanted[folder] == nil {
            wanted[folder] = FolderWork(path: folder, mode: 0o755)
        }
        return wanted.values.sorted { $0.path < $1.path }.compactMap { folderStep($0) }
    }

    /// Folders of earlier applies that nobody wants any more, the deepest first. Those with data stay: what is in them is the user's.
    func folderRemovals() -> [Step] {
        let places = desired.folders.map(\.path) + desired.files.map(\.work.path)
        let wanted = Set(places + places.flatMap(PathText.ancestors))
        return madeBefore { step -> FolderWork? in if case .makeFolder(let work) = step.work { work } else { nil } }
            .filter { !$0.holdsData && !wanted.contains($0.path) && observed.seen($0.path).isFolder }
            .sorted { ($1.path.utf8.count, $1.path) < ($0.path.utf8.count, $0.path) }
            .map { work in
                Step(
                    key: "folder:" + work.path, does: "remove the folder '\(work.path)' if it is empty",
                    touches: Touches(files: [work.path]),
                    seconds: 0.1, undo: "make it again", work: .removeFolder(path: work.path))
            }
    }

    private mutating func folderStep(_ work: FolderWork) -> Step? {
        switch observed.seen(work.path) {
        case .missing:
            let undo = work.holdsData ? "move it to the kept data" : "remove it when it is empty"
            return makeStep(work, does: "make the folder '\(work.path)'", undo: undo)
        case .folder(let mode, let owner):
            // A folder that was there before keeps its mode: it may hold more than what Aurora puts there.
            guard record.made("folder:" + work.path) != nil, mode != work.mode || (work.owner ?? owner) != owner else { return nil }
            return makeStep(work, does: "set mode \(FileSeen.octal(work.mode)) for the folder '\(work.path)'", undo: "set the mode it had")
        case .other(kind: FileSeen.link):
            // Where it leads is the owner's choice; making something behind it tells soon enough whether that is a folder.
            return nil
        case .file, .other:
            let seen = observed.seen(work.path)
            refusals.append(
                Refusal("a folder belongs at '\(work.path)', where there is \(seen.words)", allow: "move it away, or choose another path"))
            return nil
        }
    }

    private func makeStep(_ work: FolderWork, does: String, undo: String) -> Step {
        Step(
            key: "folder:" + work.path, does: does, touches: Touches(files: [work.path]), seconds: 0.1, undo: undo,
            revision: FileSeen.octal(work.mode), work: .makeFolder(work))
    }
}
