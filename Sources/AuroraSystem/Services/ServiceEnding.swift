public import AuroraModel

/// How a service's main process ended.
public enum ServiceEnding: Sendable, Equatable {
    case exited(Int32)
    case signalled(Int32)
    /// It was started by an earlier run of the node, and the system tells only a parent how a process ended.
    case untold
    /// There never was a process, and why.
    case notStarted(AuroraError)

    public var succeeded: Bool { self == .exited(0) }

    public var exitCode: Int32? {
        if case .exited(let code) = self { code } else { nil }
    }

    /// Completes "the service …".
    public var sentence: String {
        switch self {
        case .exited(let code): "ended with exit code \(code)"
        case .signalled(let signal): "was ended by signal \(signal)"
        case .untold: "ended, and how is not known, since an earlier run of the node had started it"
        case .notStarted(let error): "could not be started: \(error.message)\(error.hint.map { " (\($0))" } ?? "")"
        }
    }
}
