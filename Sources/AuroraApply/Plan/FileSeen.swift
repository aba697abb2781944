/// Who owns a file or a folder, by the numbers the system uses.
public struct FileOwner: Sendable, Hashable, Codable {
    public var user: UInt32
    public var group: UInt32

    public init(user: UInt32, group: UInt32) { (self.user, self.group) = (user, group) }
}

/// What stands at a path, without following a link.
public enum FileSeen: Sendable, Hashable, Codable {
    case missing
    /// `digest`: SHA-256 of its bytes; `mode`: permission bits.
    case file(digest: String, mode: UInt16, owner: FileOwner)
    case folder(mode: UInt16, owner: FileOwner)
    /// A link, a socket, a device: Aurora neither makes nor changes them.
    case other(kind: String)

    /// The kind of `other` that a symbolic link is.
    public static let link = "link"

    public var isMissing: Bool { self == .missing }

    public var isFolder: Bool {
        if case .folder = self { true } else { false }
    }

    /// Completes "there is …".
    public var words: String {
        switch self {
        case .missing: "nothing"
        case .file(let digest, let mode, _): "a file (SHA-256 \(digest.prefix(12))…, mode \(Self.octal(mode)))"
        case .folder(let mode, _): "a folder (mode \(Self.octal(mode)))"
        case .other(let kind): "a \(kind)"
        }
    }

    static func octal(_ mode: UInt16) -> String { "0" + String(mode, radix: 8) }
}
