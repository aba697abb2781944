public import AuroraModel
public import AuroraSystem
import Foundation

/// `services/` in the state folder: logs, which processes run, and what the operator stopped. Files are 0600.
public struct ServiceFolder: ServiceLedger {
    private struct Stopped: Codable { var stopped: [String] }

    private let path: String

    /// Makes the folder (0700) when it is missing.
    public init(_ path: String) throws {
        try FolderFiles.makeFolder(path)
        self.path = path
    }

    /// A record that makes no sense names no process, and is passed over.
    public func runs() throws(AuroraError) -> [RunRecord] {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: path) } catch {
            throw AuroraError(.failed, "cannot look into '\(path)': \(FolderFiles.reason(error))", hint: "check who owns it")
        }
        return names.sorted().filter { $0.hasSuffix(".run") }.compactMap { name in
            FileManager.default.contents(atPath: "\(path)/\(name)").flatMap { try? JSONDecoder().decode(RunRecord.self, from: $0) }
        }
    }

    public func write(_ run: RunRecord) throws(AuroraError) { try write(run, to: file(run.service)) }

    public func remove(_ service: String) { unlink(file(service)) }

    public func stopped() throws(AuroraError) -> Set<String> {
        guard let bytes = FileManager.default.contents(atPath: stoppedFile) else { return [] }
        guard let content = try? JSONDecoder().decode(Stopped.self, from: bytes) else {
            throw AuroraError(
                .failed, "'\(stoppedFile)' does not say which services are stopped",
                hint: "delete it, and stop them again with 'aurora stop'")
        }
        return Set(content.stopped)
    }

    public func writeStopped(_ names: Set<String>) throws(AuroraError) { try write(Stopped(stopped: names.sorted()), to: stoppedFile) }

    private func write(_ value: some Encodable, to file: String) throws(AuroraError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do { try FolderFiles.write(Array(encoder.encode(value)), to: file) } catch {
            throw (error as? AuroraError) ?? AuroraError(.failed, "cannot write '\(file)': \(error)")
        }
    }

    private var stoppedFile: String { "\(path)/stopped.json" }

    private func file(_ service: String) -> String { "\(path)/\(service).run" }
}
