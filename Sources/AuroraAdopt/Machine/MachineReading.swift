public import AuroraModel
public import AuroraSystem

/// What may be done to a machine that is only looked at. Nothing here writes, starts, signals or logs in.
public protocol MachineReading: Sendable {
    /// At most `limit` bytes; nil when it is not there. Throws `AuroraError` (`forbidden` when this user may not, else `failed`).
    func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8]?
    /// Names in a folder, sorted; nil when it is not there or is no folder. Throws like `read`.
    func list(_ folder: String) throws(AuroraError) -> [String]?
    func isFolder(_ path: String) -> Bool
    /// Where a symbolic link points to, as it is written; nil when there is no such link, or this user may not look.
    func linkTarget(_ path: String) -> String?
    /// Runs a program that only reads; nil when there is no such program. Throws `timedOut` after `limit`, and `failed`.
    ///
    /// `output` is standard output alone when the program ended with 0, and has the errors after it otherwise.
    func run(
        _ program: String, _ arguments: [String], environment: [String: String], limit: Duration
    ) async throws(AuroraError) -> CommandEnd?
    /// Connects, sends, reads up to `limit` bytes or until `until` says enough; nil when nobody answers. Loopback only.
    func exchange(
        port: Int, host: String, send: [UInt8], limit: Int, timeout: Duration, until: @Sendable ([UInt8]) -> Bool
    ) async -> [UInt8]?
    /// A GET; nil when nobody answers.
    func get(_ url: String, timeout: Duration) async -> (status: Int, headers: [String: String], body: [UInt8])?
}

extension MachineReading {
    /// A file as text, bytes that are no UTF-8 replaced.
    public func text(_ path: String, limit: Int = 1 << 20) throws(AuroraError) -> String? {
        try read(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }
}
