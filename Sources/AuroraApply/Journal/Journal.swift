import AuroraModel

/// The journal of one apply, open for writing. A line is on the disk before its call returns.
struct Journal: Sendable {
    let path: String
    let disk: any ApplyDisk

    func write(_ entry: JournalEntry) throws(AuroraError) {
        var line = try StableJSON.bytes(of: entry)
        line.append(UInt8(ascii: "\n"))
        do {
            try disk.append(path, line)
        } catch {
            throw error.adding("cannot write the journal")
        }
    }

    /// The journal of an earlier apply without a last line that was cut off, so that the next one starts on a line of its own.
    static func mended(_ id: String, tools: ApplyTools) throws(AuroraError) -> Journal {
        let path = tools.folder.journal(id)
        let (reading, length) = try ApplyLog.open(path, disk: tools.disk)
        if reading.wholeBytes < length { try tools.disk.cut(path, to: reading.wholeBytes) }
        return Journal(path: path, disk: tools.disk)
    }
}
