public import AuroraAdopt
public import AuroraModel
public import AuroraSystem
import Foundation
import HTTPTypes
import NIOCore

/// This machine, for those that only look at it.
public struct LiveMachine: MachineReading {
    /// Programs of administrators lie in folders that the `PATH` of others leaves out.
    private static let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    /// Of a command's output, and of a page.
    private static let outputLimit = 16 << 20
    /// After its time a command is asked to end, and so much later it is made to.
    private static let grace = Duration.milliseconds(50)

    private let environment: [String: String]
    private let http: any HTTPCalling
    private let clock: any Clock<Duration>

    /// - Parameter environment: of this process; of it a command sees what `ChildEnvironment.minimal` lets through.
    public init(environment: [String: String], http: any HTTPCalling, clock: any Clock<Duration> = ContinuousClock()) {
        (self.environment, self.http, self.clock) = (environment, http, clock)
    }

    public func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8]? { try MachineFile.read(path, limit: limit) }
    public func list(_ folder: String) throws(AuroraError) -> [String]? { try MachineFile.list(folder) }
    public func isFolder(_ path: String) -> Bool { MachineFile.isFolder(path) }
    public func linkTarget(_ path: String) -> String? { MachineFile.linkTarget(path) }

    public func run(
        _ program: String, _ arguments: [String], environment extra: [String: String], limit: Duration
    ) async throws(AuroraError) -> CommandEnd? {
        guard let path = Self.path(of: program, in: environment) else { return nil }
        let visible = ChildEnvironment.minimal(from: environment, adding: ["LC_ALL": "C"].merging(extra) { _, new in new })
        let spec = ProcessSpec(executable: path, arguments: arguments, environment: visible)
        do {
            return Self.end(try await collect(spec, limit: limit))
        } catch let error as AuroraError {
            throw error
        } catch {
            throw AuroraError(.failed, "cannot run '\(program)': \(error)")
        }
    }

    private func collect(_ spec: ProcessSpec, limit: Duration) async throws -> ChildProcess.Written {
        try await withThrowingTaskGroup(of: ChildProcess.Written?.self) { group in
            group.addTask { try await ChildProcess.collect(spec, limit: Self.outputLimit, grace: Self.grace) }
            group.addTask { [clock] in
                try await clock.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let written = first else {
                throw AuroraError(
                    .timedOut, "'\(spec.executable)' did not end within \(limit)", hint: "see whether what it asks hangs")
            }
            return written
        }
    }

    private static func end(_ written: ChildProcess.Written) -> CommandEnd {
        let code: Int32? = if case .exited(let code) = written.ending { code } else { nil }
        let bytes = code == 0 ? written.output : written.output + written.errors
        return CommandEnd(exitCode: code, sentence: written.ending.sentence, output: String(decoding: bytes, as: UTF8.self))
    }

    /// Where a program is; nil when there is none.
    private static func path(of program: String, in environment: [String: String]) -> String? {
        if program.hasPrefix("/") { return MachineFile.isProgram(program) ? program : nil }
        guard !program.contains("/") else { return nil }
        let searched = (environment["PATH"] ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") } + folders
        return searched.lazy.map { "\($0)/\(program)" }.first(where: MachineFile.isProgram)
    }

    public func exchange(
        port: Int, host: String, send: [UInt8], limit: Int, timeout: Duration, until: @Sendable ([UInt8]) -> Bool
    ) async -> [UInt8]? {
        await LoopbackExchange(end: ContinuousClock.now + timeout).run(port: port, host: host, send: send, limit: limit, until: until)
    }

    public func get(_ url: String, timeout: Duration) async -> (status: Int, headers: [String: String], body: [UInt8])? {
        let call = HTTPCall(.get, url, headTimeout: timeout, idleTimeout: timeout)
        return try? await withThrowingTaskGroup(of: Page?.self) { group in
            group.addTask { [http] in
                let reply = try await http.call(call)
                let body = try await reply.collect(upTo: Self.outputLimit)
                let headers = reply.headers.map { ($0.name.canonicalName, $0.value) }
                return (reply.status, Dictionary(headers) { first, _ in first }, Array(body.readableBytesView))
            }
            group.addTask { [clock] in
                try await clock.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next().flatMap(\.self)
        }
    }

    private typealias Page = (status: Int, headers: [String: String], body: [UInt8])
}
