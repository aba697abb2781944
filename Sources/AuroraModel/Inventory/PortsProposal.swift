/// Ports for Aurora on a machine where others hold some of the usual ones.
public struct PortsProposal: Sendable, Equatable, Codable {
    public var gateway: Int
    public var chat: Int
    public var console: Int
    /// A line for each port that is taken: which, and by whom.
    public var reasons: [String]

    public init(gateway: Int, chat: Int, console: Int, reasons: [String] = []) {
        self.gateway = gateway
        self.chat = chat
        self.console = console
        self.reasons = reasons
    }
}
