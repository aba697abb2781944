public import AuroraModel

/// All applies of a node, from their journals.
public struct ApplyLog: Sendable {
    /// In the order in which they were done.
    public let applies: [ApplyState]
    /// Journals that cannot be read, a sentence each.
    public let flaws: [AuroraError]
    /// The number that the next apply gets.
    let next: Int

    public static func read(_ folder: ApplyFolder, disk: any ApplyDisk) throws(AuroraError) -> ApplyLog {
        var applies: [(number: Int, state: ApplyState)] = []
        var flaws: [AuroraError] = []
        var last = 0
        for name in try disk.list(folder.journals) {
            guard let number = number(of: name) else { continue }
            last = max(last, number)
            do throws(AuroraError) {
                let path = folder.journals + "/" + name
                if let state = try open(path, disk: disk).reading.state { applies.append((number, state)) }
            } catch {
                flaws.append(error)
            }
        }
        let order = applies.sorted { $0.number < $1.number }.map(\.state)
        return ApplyLog(applies: order, flaws: flaws, next: last + 1)
    }

    /// What was made and stands.
    public var record: Record { Record(applies) }

    /// The apply that has to be continued or taken back before anything else.
    public var open: ApplyState? { applies.last(where: \.isOpen) }

    /// The last apply that is not taken back.
    public var last: ApplyState? { applies.last { $0.phase != .undone } }

    /// Throws when a journal cannot be read: what it made would be forgotten.
    public func checkReadable() throws(AuroraError) {
        if let flaw = flaws.first { throw flaw }
    }

    static func open(_ path: String, disk: any ApplyDisk) throws(AuroraError) -> (reading: JournalReader.Reading, length: Int) {
        let bytes = try disk.read(path, limit: ApplyLimits.journal)
        do throws(JournalReader.Flaw) {
            return (try JournalReader.read(bytes), bytes.count)
        } catch {
            throw unreadable(path, error)
        }
    }

    private static func unreadable(_ path: String, _ flaw: JournalReader.Flaw) -> AuroraError {
        switch flaw {
        case .version(let version):
            AuroraError(
                .failed, "the journal '\(path)' has the form \(version), which this aurora does not know", hint: "use the newer aurora")
        case .damaged(let line):
            AuroraError(
                .failed, "the journal '\(path)' is damaged in line \(line)",
                hint: "put the file back from a backup of the state folder; what it tells of is needed to undo")
        }
    }

    /// `0007-20261123-195510.jsonl` is number 7.
    private static func number(of name: String) -> Int? {
        guard name.hasSuffix(".jsonl"), let digits = name.split(separator: "-").first, digits.count <= 9 else { return nil }
        return Int(digits)
    }
}
