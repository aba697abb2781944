/// A worker as the caller numbers it. A number is never given to another worker, so that late news about a removed one is harmless.
public struct WorkerID: Hashable, Sendable, Codable, Comparable {
    public let raw: Int32

    public init(_ raw: Int32) { self.raw = raw }

    public static func < (a: WorkerID, b: WorkerID) -> Bool { a.raw < b.raw }
}

/// A model that was registered with its candidates. Handed out by `Router.register`.
public struct ModelKey: Hashable, Sendable {
    public let raw: Int32

    init(_ raw: Int) { self.raw = Int32(truncatingIfNeeded: raw) }

    /// A key that is registered for no model.
    public static let none = ModelKey(-1)

    var index: Int { Int(raw) }
}

/// A request that runs on a worker. Of no meaning once it ended: news about it are ignored then.
public struct RunID: Hashable, Sendable {
    public let raw: UInt64

    init(_ raw: UInt64) { self.raw = raw }
}

/// A request that waits in the line. Of no meaning once it was dispatched, refused or left.
public struct TicketID: Hashable, Sendable {
    public let raw: UInt64

    init(_ raw: UInt64) { self.raw = raw }
}
