public import Foundation

/// What an apply would do, in order. Holds no secret: a file with secrets appears by the digest of its contents.
public struct Plan: Sendable, Equatable, Codable {
    /// Counts up when a reader of the older form would misunderstand the newer.
    public static let version = 1

    public var version = Plan.version
    /// From the contents: two plans that do the same on the same machine have the same id.
    public var id: String
    public var madeAt: Date
    public var mesh: String
    public var node: String
    /// SHA-256 of the manifest that it was made from.
    public var manifest: String
    /// What stood at each path and which ports were free when the plan was made: it is performed only while that is so.
    public var relies: Reliance
    /// Ports that were chosen because the usual ones are taken, by name; later plans choose the same.
    public var ports: [String: Int]
    public var steps: [Step]
    /// What the reader should know, a sentence each.
    public var notes: [String]

    public init(
        madeAt: Date, mesh: String, node: String, manifest: String, relies: Reliance, ports: [String: Int], steps: [Step], notes: [String]
    ) {
        self.madeAt = madeAt.wholeSecond
        self.mesh = mesh
        self.node = node
        self.manifest = manifest
        self.relies = relies
        self.ports = ports
        self.steps = steps
        self.notes = notes
        id = Self.identity(mesh: mesh, node: node, manifest: manifest, relies: relies, steps: steps)
    }

    public var seconds: Double { steps.reduce(0) { $0 + $1.seconds } }
}

/// What a plan saw of the machine and relies on.
public struct Reliance: Sendable, Equatable, Codable {
    /// By path.
    public var files: [String: FileSeen]
    /// Ports that were free, and that a step will use.
    public var freePorts: [PortKey]

    public init(files: [String: FileSeen] = [:], freePorts: [PortKey] = []) { (self.files, self.freePorts) = (files, freePorts) }
}

extension Date {
    /// Files hold whole seconds; a date that went through one equals the date before.
    var wholeSecond: Date { Date(timeIntervalSince1970: timeIntervalSince1970.rounded(.down)) }
}
