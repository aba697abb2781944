public import AuroraModel
public import Foundation

/// A machine and the software on it, as one look found them.
public struct Inventory: Sendable, Equatable, Codable {
    public var system: SystemFacts
    public var software: SoftwareFacts
    public var takenAt: Date
    /// How long the look took.
    public var seconds: Double

    public init(system: SystemFacts, software: SoftwareFacts, takenAt: Date, seconds: Double) {
        self.system = system
        self.software = software
        self.takenAt = takenAt
        self.seconds = seconds
    }
}

extension Inventory {
    /// What could not be looked at, of the machine and of the software on it.
    public var unseen: [Unseen] {
        var seen: Set<String> = []
        return (system.unseen + software.unseen).filter { seen.insert("\($0.what)\n\($0.why)").inserted }
    }

    /// Ports on which another Aurora answers.
    var auroraPorts: [Int] { software.auroras.map(\.place.port) }

    var crontabFiles: [String] { software.cron.jobs.map(\.place.file) }
}
