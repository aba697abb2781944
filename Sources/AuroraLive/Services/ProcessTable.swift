/// A process as the system's table has it.
struct ProcessEntry: Sendable, Equatable {
    var pid: Int32
    var parent: Int32
    var group: Int32
    var session: Int32
    /// It has ended, and its parent has not asked how.
    var isZombie: Bool
    /// When it began; only to be compared with others of the same machine since the same boot.
    var startTicks: UInt64
}

/// The processes of this machine. How they are read stands in a file for each system.
enum ProcessTable {}
