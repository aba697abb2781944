public import AuroraModel

/// What applying does to disks. A call that changes something has reached the disk when it returns, and has changed nothing when it throws.
///
/// Errors name the path and say what to do; a full disk, a folder that is read-only and missing rights are told apart.
public protocol ApplyDisk: Sendable {
    /// Without following a link. Throws `tooLarge` for a file over `ApplyLimits.file`.
    func look(_ path: String) throws(AuroraError) -> FileSeen
    /// Throws `notFound`, and `tooLarge` when it holds more than `limit` bytes.
    func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8]
    /// Names in a folder, sorted; empty when there is no such folder.
    func list(_ folder: String) throws(AuroraError) -> [String]
    /// Puts a whole file in place at once: somebody who reads sees the old one or the new one. Repeats what was cut short before.
    func replace(_ path: String, with bytes: [UInt8], mode: UInt16, owner: FileOwner?) throws(AuroraError)
    /// Makes a folder, or gives the one that is there this mode and owner.
    func makeFolder(_ path: String, mode: UInt16, owner: FileOwner?) throws(AuroraError)
    /// Removes what a cut-short `replace` left beside this path.
    func tidy(_ path: String) throws(AuroraError)
    /// Removes a file, and what a cut-short `replace` left beside it; nothing when neither is there.
    func removeFile(_ path: String) throws(AuroraError)
    /// False when something is in it; true when it is gone.
    func removeFolderIfEmpty(_ path: String) throws(AuroraError) -> Bool
    /// Removes a folder with all that is in it, following no link; nothing when it is not there.
    func removeTree(_ path: String) throws(AuroraError)
    /// Moves a folder with all that is in it, to another disk too. `target` must not be there; the folder above it is made.
    func moveTree(_ path: String, to target: String) throws(AuroraError)
    /// Adds to the end of a file that only its owner may read, making it where it is missing.
    func append(_ path: String, _ bytes: [UInt8]) throws(AuroraError)
    /// Cuts a file to this many bytes.
    func cut(_ path: String, to length: Int) throws(AuroraError)
    /// Claims the file for this process until the claim is let go or the process ends. Nil when another has it.
    func claim(_ path: String, saying words: [UInt8]) throws(AuroraError) -> (any ApplyClaim)?
}

/// A claim on a file; ends when nothing holds this value any more.
public protocol ApplyClaim: Sendable {}

/// Limits on what is read, in bytes, so that a wrong path cannot fill the memory.
public enum ApplyLimits {
    /// Of a file that a step changes: its backup is made in one piece.
    public static let file = 64 << 20
    /// Of a journal.
    public static let journal = 256 << 20
}
