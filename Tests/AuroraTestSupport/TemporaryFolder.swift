import Foundation

/// A new folder for one test, removed at its end. Its path is short, as paths of unix sockets must be.
public func withTemporaryFolder<Result: Sendable>(_ body: @Sendable (String) async throws -> Result) async throws -> Result {
    let path = FileManager.default.temporaryDirectory.path + "/aurora-\(UInt32.random(in: .min ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try await body(path)
}
