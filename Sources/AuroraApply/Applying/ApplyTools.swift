import AuroraModel
public import AuroraSystem
public import Foundation

/// Does what only the node can do: starting itself, reloading services. Each call may come twice, after a crash; the second changes nothing.
public protocol StepPerformer: Sendable {
    func start(_ work: CustomWork) async throws
    func stop(_ work: CustomWork) async throws
    /// Whether it goes now.
    func isRunning(_ work: CustomWork) async throws -> Bool
}

/// Knows the bytes of files that must not stand in a plan.
public protocol ContentSource: Sendable {
    /// The bytes whose SHA-256 is `work.digest`. Throws when they cannot be made any more, as after a change of the manifest.
    func bytes(of work: FileWork) async throws -> [UInt8]
}

/// What happens, as it happens.
public enum ApplyProgress: Sendable, Equatable {
    case begins(Step, number: Int, of: Int)
    case done(Step)
    case failed(Step, reason: String)
    case takesBack(Step)
    case tookBack(Step)
}

/// All that applying and undoing need of the machine.
public struct ApplyTools: Sendable {
    public var folder: ApplyFolder
    public var disk: any ApplyDisk
    public var commands: any CommandRunner
    public var performer: any StepPerformer
    public var contents: any ContentSource
    public var kept: any KeptWatching
    public var now: @Sendable () -> Date
    public var progress: @Sendable (ApplyProgress) -> Void

    public init(
        folder: ApplyFolder, disk: any ApplyDisk, commands: any CommandRunner, performer: any StepPerformer, contents: any ContentSource,
        kept: any KeptWatching, now: @escaping @Sendable () -> Date = { Date() },
        progress: @escaping @Sendable (ApplyProgress) -> Void = { _ in }
    ) {
        self.folder = folder
        self.disk = disk
        self.commands = commands
        self.performer = performer
        self.contents = contents
        self.kept = kept
        self.now = now
        self.progress = progress
    }

    /// Kept services as they are now.
    func fingerprints() async throws(AuroraError) -> [Fingerprint] {
        do {
            return try await kept.fingerprints()
        } catch {
            throw AuroraError.of(error).adding("cannot look at the kept services")
        }
    }
}

extension AuroraError {
    /// Any error as the one that an operator sees.
    static func of(_ error: any Error) -> AuroraError {
        if let error = error as? AuroraError { return error }
        if error is CancellationError { return AuroraError(.failed, "it was cut short", hint: "start it again") }
        return AuroraError(.failed, error.localizedDescription, hint: "see the message; nothing else is known about it")
    }
}
