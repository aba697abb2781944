import AuroraModel

/// A call of Ollama's API that changes what an engine has.
enum ModelAction: String, Sendable, CaseIterable {
    case pull, push, create, copy, delete
    /// `HEAD` and `POST` of a blob, which a later `create` makes a model of.
    case checkBlob, addBlob

    /// Fetching a model costs room on a disk; the others destroy, overwrite or give away.
    var scope: Scope { self == .pull ? .mesh : .admin }

    /// Whether the answer is a stream of progress.
    var tellsProgress: Bool { [.pull, .push, .create].contains(self) }

    /// Whether it makes no sense where the model is not.
    var needsModel: Bool { [.push, .copy, .delete].contains(self) }

    /// Whether several engines may get it though nobody named them.
    var mayFanOut: Bool { self == .copy }

    /// Whether several named engines may get it: uploads come once, and what is pushed is the same everywhere.
    var mayGoToSeveral: Bool { [.pull, .copy, .delete].contains(self) }

    /// What is done, for sentences: "to pull …".
    var verb: String {
        switch self {
        case .pull, .push, .create, .copy, .delete: rawValue
        case .checkBlob: "look for a blob"
        case .addBlob: "add a blob"
        }
    }

    /// Until the engine's answer begins.
    var patience: Duration {
        switch self {
        case .pull, .push, .create, .checkBlob: .seconds(30)
        case .copy, .delete: .seconds(120)
        // It checks the digest of the whole file before it answers.
        case .addBlob: .seconds(600)
        }
    }

    /// The longest silence of a stream of progress, or of an upload: checking the digest of a large model takes minutes without a word.
    var silence: Duration { .seconds(600) }
}
