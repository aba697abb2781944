public import AuroraModel

/// What a look at the machine changes in a manifest.
public struct ManifestEdit: Sendable, Equatable {
    /// New entries of `keep:`, in this order.
    public var added: [KeptCandidate]
    /// Entries of `keep:` that are not there any more.
    public var gone: [String]
    /// Entries of `keep:` that are there.
    public var present: [String]
    /// Ports that Aurora should take, where the manifest says nothing about its ports.
    public var ports: PortsProposal?
    /// The day of the look, `2026-11-23`.
    public var date: String

    public init(added: [KeptCandidate] = [], gone: [String] = [], present: [String] = [], ports: PortsProposal? = nil, date: String) {
        self.added = added
        self.gone = gone
        self.present = present
        self.ports = ports
        self.date = date
    }
}
