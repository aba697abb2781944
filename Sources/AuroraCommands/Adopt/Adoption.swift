import AuroraAdopt
import AuroraConfig
import AuroraLive
import AuroraModel
import Foundation

/// What one look at the machine makes of the manifest and of `.env.example`. Nothing is written before `write`.
struct Adoption {
    let inventory: Inventory
    let plan: KeepPlan
    let clashes: [PortPlan.Clash]
    /// Whether the manifest is new.
    let isNew: Bool
    /// The manifest as it should be; nil: as it is.
    let text: String?
    /// The same for `.env.example`.
    let example: String?

    private let file: EditedFile
    private let exampleFile: EditedFile

    /// - Parameters:
    ///   - file: the manifest, which need not exist.
    ///   - manifest: what it says; nil when it does not exist.
    ///   - variables: those of the `.env` beside it.
    init(
        _ inventory: Inventory, file: EditedFile, exampleFile: EditedFile, manifest: Manifest?, variables: [String: Secret] = [:],
        shown: String
    ) throws(AuroraError) {
        self.inventory = inventory
        self.file = file
        self.exampleFile = exampleFile
        let candidates = KeptDerivation.candidates(inventory, variables: variables)
        plan = KeepPlan(
            found: candidates, keep: manifest?.keep ?? [], engines: manifest?.engines ?? [], inventory: inventory,
            variables: variables)
        let wanted = manifest?.ports ?? Manifest.Ports()
        let proposal = PortPlan.propose(gateway: wanted.gateway, chat: wanted.chat, console: wanted.console, beside: inventory)
        clashes = proposal.clashes
        isNew = file.bytes == nil
        let old = file.bytes.map { String(decoding: $0, as: UTF8.self) }
        let new = try Self.text(old, plan, proposal.clashes.isEmpty ? nil : proposal.ports, proposal.ports, inventory, shown: shown)
        text = new == old ? nil : new
        let oldExample = exampleFile.bytes.map { String(decoding: $0, as: UTF8.self) }
        example = EnvExample.merged(oldExample, with: UsedVariables.used(in: new))
    }

    private static func text(
        _ old: String?, _ plan: KeepPlan, _ proposal: PortsProposal?, _ ports: PortsProposal, _ inventory: Inventory, shown: String
    ) throws(AuroraError) -> String {
        guard let old else { return AdoptedManifest.text(keep: plan.added, ports: ports) }
        let day = String(inventory.takenAt.formatted(.iso8601).prefix(10))
        let edit = ManifestEdit(added: plan.added, gone: plan.gone, present: plan.present, ports: proposal, date: day)
        return try ManifestEditor.edited(old, file: shown, with: edit)
    }

    /// Throws `refused` when somebody else changed a file since it was read.
    func write() throws(AuroraError) {
        // A manifest that refers to a name may only stand where the example tells of it, so the example comes first.
        if let example { try exampleFile.replace(with: Array(example.utf8), mode: 0o600) }
        if let text { try file.replace(with: Array(text.utf8), mode: 0o644) }
    }
}
