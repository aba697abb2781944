import AuroraModel
import Foundation
import Synchronization

/// Does the steps that `InstallPlanner` finds necessary, and keeps the record of what is done.
struct LocalEngineInstaller: Sendable {
    let settings: LocalEngineSettings
    let files: LocalEngineFiles
    /// Environment of python and pip.
    let environment: [String: String]
    let clock: any Clock<Duration>

    private static let lookLimit: Duration = .seconds(60)
    private static let environmentLimit: Duration = .seconds(300)
    private static let downloadLimit: Duration = .seconds(3600)
    private static let reportInterval: Duration = .milliseconds(500)

    /// Brings the engine to the wanted state; does nothing when it is there.
    ///
    /// - Throws: `AuroraError` with a hint. What was done so far stays done.
    func install(report: @escaping @Sendable (InstallProgress) -> Void) async throws {
        try FolderFiles.makeFolder(files.folder)
        var record = files.readRecord()
        let steps = InstallPlanner.steps(settings, record: record, environmentWorks: await environmentWorks(record))
        if steps.contains(.environment) { record = InstallRecord() }
        if !steps.isEmpty {
            let free = DiskSpace.free(at: files.folder)
            if let free, free < settings.diskBytes {
                throw InstallFailure.noSpace("installing the local engine", freeBytes: free, needed: settings.diskBytes)
            }
            try files.write(record)
        }
        for step in steps {
            try await perform(step, report: report)
            record.done.append(step.id)
            try files.write(record)
        }
        try FolderFiles.write(PackageResources.local_engine_py, to: files.script)
    }

    /// Whether the interpreter is there and finds what the record calls installed; a system update to another Python hides it.
    private func environmentWorks(_ record: InstallRecord) async -> Bool {
        guard files.environmentWorks else { return false }
        let installed = [settings.server, settings.model].filter { record.done.contains($0.requirement) }.map(\.module)
        guard !installed.isEmpty else { return true }
        let script = "import sys, importlib.util as u; sys.exit(not all(u.find_spec(m) for m in sys.argv[1:]))"
        let spec = ProcessSpec(executable: files.python, arguments: ["-I", "-c", script] + installed, environment: environment)
        return (try? await Command.run(spec, limit: Self.lookLimit, clock: clock))?.succeeded == true
    }

    private func perform(_ step: InstallStep, report: @escaping @Sendable (InstallProgress) -> Void) async throws {
        let log = RotatingLog(path: files.installLog)
        let progress = LatestValue(StepProgress(step, of: InstallPlanner.allSteps(settings)))
        try? FileManager.default.removeItem(atPath: files.temporary)
        try FolderFiles.makeFolder(files.temporary)
        defer { try? FileManager.default.removeItem(atPath: files.temporary) }
        let result = try await withThrowingTaskGroup(of: CommandResult?.self) { group in
            group.addTask {
                try await run(step) { line in
                    log.append(Array("\(line)\n".utf8))
                    var next = progress.current
                    next.read(line)
                    progress.set(next)
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    report(progress.current.now(written: FolderFiles.size(of: files.temporary)))
                    try? await clock.sleep(for: Self.reportInterval)
                }
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let result, result.succeeded else {
            throw InstallFailure.explain(
                step, output: result?.output ?? "", freeBytes: DiskSpace.free(at: files.folder), settings: settings, log: files.installLog)
        }
    }

    private func run(_ step: InstallStep, onLine: @escaping @Sendable (String) -> Void) async throws -> CommandResult {
        let extra = ["TMPDIR": files.temporary, "PYTHONUNBUFFERED": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"]
        let environment = environment.merging(extra) { _, new in new }
        switch step {
        case .environment:
            let spec = ProcessSpec(
                executable: settings.python, arguments: ["-m", "venv", "--clear", files.environment], environment: environment)
            do {
                return try await Command.run(spec, limit: Self.environmentLimit, clock: clock, onLine: onLine)
            } catch let error as AuroraError where error.code == .notFound {
                throw InstallFailure.noPython(settings)
            }
        case .package(let package):
            // Without pip's cache the download is written once, into the folder whose growth is shown.
            let pip = [
                "-m", "pip", "install", "--no-deps", "--force-reinstall", "--no-cache-dir", "--progress-bar", "off", package.requirement,
            ]
            let spec = ProcessSpec(executable: files.python, arguments: pip, environment: environment)
            return try await Command.run(spec, limit: Self.downloadLimit, clock: clock, onLine: onLine)
        }
    }
}
