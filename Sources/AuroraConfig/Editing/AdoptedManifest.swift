public import AuroraModel

/// The first manifest of a machine that already runs something.
public enum AdoptedManifest {
    /// The template with everything that was found in it, in the order of the candidates.
    public static func text(keep candidates: [KeptCandidate], ports: PortsProposal) -> String {
        let entries = candidates.flatMap { KeptText.lines($0, margin: "  ", step: 2) }
        let keep = entries.isEmpty ? ["keep: {}"] : ["keep:"] + entries
        return ManifestTemplate.whole(
            keep: keep.joined(separator: "\n"), ports: PortsText.lines(ports, margin: "").joined(separator: "\n"))
    }
}
