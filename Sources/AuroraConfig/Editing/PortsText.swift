import AuroraModel

/// `ports:` as lines of YAML, with what others hold said above.
enum PortsText {
    /// Where nobody holds one of the usual ports.
    static var standard: String {
        let ports = Manifest.Ports()
        return lines(PortsProposal(gateway: ports.gateway, chat: ports.chat, console: ports.console), margin: "").joined(separator: "\n")
    }

    static func lines(_ proposal: PortsProposal, margin: String) -> [String] {
        let reasons = proposal.reasons.map { "\(margin)# \(KeptText.commentSafe($0))" }
        return reasons + ["\(margin)ports: { gateway: \(proposal.gateway), chat: \(proposal.chat), console: \(proposal.console) }"]
    }
}
