/// Something that is no longer as the last apply left it.
public struct DriftItem: Sendable, Equatable, Codable {
    /// A path, the key of a group, or the name of a kept service.
    public var thing: String
    /// Lower case, no full stop.
    public var sentence: String
    /// Whether something of Aurora's does not work, or the next apply would undo what somebody did.
    public var matters: Bool

    public init(_ thing: String, _ sentence: String, matters: Bool) {
        (self.thing, self.sentence, self.matters) = (thing, sentence, matters)
    }
}

/// What changed on the machine since the last apply.
public enum Drift {
    /// - Parameters:
    ///   - keptThen: kept services when the last apply ended.
    ///   - keptNow: the same now.
    public static func items(record: Record, observed: Observed, keptThen: [Fingerprint], keptNow: [Fingerprint]) -> [DriftItem] {
        let own = record.made.sorted { $0.key < $1.key }.flatMap { made($0.value.step, observed) }
        return own + kept(then: keptThen, now: keptNow)
    }

    private static func made(_ step: Step, _ observed: Observed) -> [DriftItem] {
        switch step.work {
        case .writeFile(let work): file(work, observed.seen(work.path))
        case .makeFolder(let work): folder(work, observed.seen(work.path))
        case .start: group(step, observed)
        case .removeFolder, .removeFile, .stop: []
        }
    }

    private static func file(_ work: FileWork, _ now: FileSeen) -> [DriftItem] {
        let path = work.path
        switch now {
        case .missing: return [DriftItem(path, "the file is gone; the next apply writes it again", matters: true)]
        case .folder, .other: return [DriftItem(path, "there is \(now.words) where a file of Aurora's was", matters: true)]
        case .file(let digest, let mode, let owner):
            if digest != work.digest {
                return [DriftItem(path, "the file was changed by hand; the next apply replaces it and keeps a copy", matters: true)]
            }
            var found: [DriftItem] = []
            if mode != work.mode {
                let wider = mode & ~work.mode != 0
                let end = wider ? "more may use it than should" : "it is narrower than it was"
                let sentence = "its mode is \(FileSeen.octal(mode)), it was \(FileSeen.octal(work.mode)); \(end)"
                found.append(DriftItem(path, sentence, matters: wider))
            }
            if let wanted = work.owner, wanted != owner {
                let sentence = "it belongs to \(owner.user):\(owner.group), it was \(wanted.user):\(wanted.group)"
                found.append(DriftItem(path, sentence, matters: true))
            }
            return found
        }
    }

    private static func folder(_ work: FolderWork, _ now: FileSeen) -> [DriftItem] {
        guard case .folder(let mode, _) = now else {
            let data =
                work.holdsData
                ? "the folder with data is not there: there is \(now.words)" : "the folder is not there; there is \(now.words)"
            return [DriftItem(work.path, data, matters: true)]
        }
        guard mode != work.mode else { return [] }
        let sentence = "its mode is \(FileSeen.octal(mode)), it was \(FileSeen.octal(work.mode))"
        return [DriftItem(work.path, sentence, matters: mode & ~work.mode != 0)]
    }

    private static func group(_ step: Step, _ observed: Observed) -> [DriftItem] {
        guard !observed.running.contains(step.key) else { return [] }
        let taken = step.touches.ports.compactMap { port in observed.holder(of: port).map { "port \(port) is held by \($0.words)" } }
        let why = taken.isEmpty ? "the next apply starts it again" : taken.joined(separator: ", ")
        return [DriftItem(step.key, "it does not run; \(why)", matters: true)]
    }

    /// What kept services do is their owners' business; it matters where others may count on what is gone.
    private static func kept(then: [Fingerprint], now: [Fingerprint]) -> [DriftItem] {
        let later = Dictionary(now.map { ($0.name, $0) }) { first, _ in first }
        return then.flatMap { old -> [DriftItem] in
            let new = later[old.name]
            return Comparison(old: old, new: new).found.map { found in
                let lost = new.map { !Set(old.ports).isSubset(of: $0.ports) } ?? true
                return DriftItem(old.name, found.what, matters: new == nil || lost && !found.ports.isEmpty)
            }
        }
    }
}
