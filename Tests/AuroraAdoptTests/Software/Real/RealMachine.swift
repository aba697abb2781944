import AuroraAdopt
import AuroraHTTP
import AuroraLive
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import NIOPosix

/// This machine, and real servers on it in scratch folders.
enum RealMachine {
    static func here() throws -> LiveMachine {
        let group = MultiThreadedEventLoopGroup.singleton
        return LiveMachine(
            environment: ProcessInfo.processInfo.environment, http: NodeHTTPClient(pools: try UpstreamPools(group: group)))
    }

    /// Where a program is; nil when it is not installed.
    static func program(_ name: String) -> String? {
        let folders = ["/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin"] + postgresFolders
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    static var letsOthersUseNull: Bool {
        var facts = stat()
        return stat("/dev/null", &facts) == 0 && facts.st_mode & 0o006 == 0o006
    }

    private static var postgresFolders: [String] {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return versions.sorted { $0.compare($1, options: .numeric) == .orderedDescending }.map { "/usr/lib/postgresql/\($0)/bin" }
    }

    /// Runs a command and throws when it does not end well.
    @discardableResult
    static func run(_ program: String, _ arguments: [String], environment: [String: String] = [:]) async throws -> String {
        let end = try await here().run(program, arguments, environment: environment, limit: .seconds(60))
        guard let end, end.exitCode == 0 else {
            throw AuroraError(.failed, "'\(program) \(arguments.joined(separator: " "))': \(end?.output ?? "no such program")")
        }
        return end.output
    }

    static func write(_ text: String, to path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}
