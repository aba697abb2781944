/// What a step does. Each kind can be taken back, and doing or undoing it twice is the same as once.
public enum StepWork: Sendable, Equatable, Codable {
    case makeFolder(FolderWork)
    /// Only when it is empty.
    case removeFolder(path: String)
    case writeFile(FileWork)
    /// The file stays in the backup of the apply.
    case removeFile(path: String)
    /// Sets something going; taken back by ending it.
    case start(Activity)
    /// Ends what an earlier apply set going; taken back by starting it again.
    case stop(Activity)

    /// The path that it changes.
    public var path: String? {
        switch self {
        case .makeFolder(let work): work.path
        case .removeFolder(let path), .removeFile(let path): path
        case .writeFile(let work): work.path
        case .start, .stop: nil
        }
    }
}

public struct FolderWork: Sendable, Equatable, Codable {
    /// Absolute.
    public var path: String
    public var mode: UInt16
    /// Nil: whoever applies.
    public var owner: FileOwner?
    /// What services put into it is the user's: undo moves it away instead of deleting it.
    public var holdsData: Bool

    public init(path: String, mode: UInt16, owner: FileOwner? = nil, holdsData: Bool = false) {
        (self.path, self.mode, self.owner, self.holdsData) = (path, mode, owner, holdsData)
    }
}

public struct FileWork: Sendable, Equatable, Codable {
    /// Absolute.
    public var path: String
    /// SHA-256 of the bytes to write.
    public var digest: String
    /// In bytes.
    public var size: Int
    public var mode: UInt16
    /// Nil: whoever applies.
    public var owner: FileOwner?
    /// The contents; nil for a file that holds secrets or is no text: its bytes are asked for by digest when the step runs.
    public var text: String?

    public init(path: String, digest: String, size: Int, mode: UInt16, owner: FileOwner? = nil, text: String? = nil) {
        self.path = path
        self.digest = digest
        self.size = size
        self.mode = mode
        self.owner = owner
        self.text = text
    }
}

/// Something that can be set going, looked at, and ended.
public enum Activity: Sendable, Equatable, Codable {
    case commands(CommandWork)
    /// Done by the node, through a `StepPerformer`.
    case custom(CustomWork)
}

public struct CommandWork: Sendable, Equatable, Codable {
    public var start: PlannedCommand
    /// Ends with 0 when it goes, with something else when it does not.
    public var verify: PlannedCommand
    public var stop: PlannedCommand

    public init(start: PlannedCommand, verify: PlannedCommand, stop: PlannedCommand) {
        (self.start, self.verify, self.stop) = (start, verify, stop)
    }
}

public struct CustomWork: Sendable, Hashable, Codable {
    public var name: String
    public var arguments: [String]

    public init(_ name: String, _ arguments: [String] = []) { (self.name, self.arguments) = (name, arguments) }
}

/// A command as a plan and a journal hold it: all of it can be read there, so nothing of it may be a secret.
public struct PlannedCommand: Sendable, Equatable, Codable {
    public var program: String
    public var arguments: [String]
    public var environment: [String: String]
    public var folder: String?
    /// After so many seconds it is ended, and has failed.
    public var seconds: Double

    public init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil, seconds: Double = 120
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.folder = folder
        self.seconds = seconds
    }
}
