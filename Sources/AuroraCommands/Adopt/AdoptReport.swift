import AuroraAdopt
import AuroraConfig
import AuroraModel
import Foundation

/// What `aurora adopt` found and did, for people and for programs.
struct AdoptReport {
    private let adoption: Adoption
    private let manifest: String
    private let isWritten: Bool

    init(_ adoption: Adoption, manifest: String, isWritten: Bool) {
        self.adoption = adoption
        self.manifest = manifest
        self.isWritten = isWritten
    }

    // MARK: People

    var text: String {
        [found, leftOut, gone, moved, clashes, unseen, outcome].compactMap(\.self).joined(separator: "\n\n")
    }

    private var found: String {
        let plan = adoption.plan
        guard !plan.found.isEmpty else { return "\(machine): nothing found that would have to be kept" }
        let added = Set(plan.added.map(\.name))
        var table = Table("NAME", "KIND", "WHERE", "RUNS", "SINCE", "MANIFEST")
        for candidate in plan.found {
            let isNew = added.contains(candidate.name)
            table.add(
                (candidate.name, .bold), (candidate.kind.rawValue, nil), (place(candidate), nil), (candidate.runs, nil),
                (candidate.since.map(day) ?? "-", .dim), (isNew ? "new" : "kept", isNew ? .good : .dim))
        }
        return "\(machine): \(MeshReport.count(plan.found.count, "service")) to keep\n\n\(table.text)"
    }

    private var machine: String {
        let host = adoption.inventory.system.host
        let system = host.system.map { " (\(Terminal.oneLine($0)))" } ?? ""
        return "\(Terminal.styled(Terminal.oneLine(host.name ?? "this machine"), .bold))\(system)"
    }

    private func place(_ candidate: KeptCandidate) -> String {
        let others = candidate.ports.map { ":\($0)" }
        let url = candidate.url.map { RedactedURL.text($0) }
        return ([url].compactMap(\.self) + others).joined(separator: " ").nonEmpty ?? candidate.config.first ?? "-"
    }

    private func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }

    private var leftOut: String? {
        let names = KeptDerivation.leftOut(adoption.inventory)
        guard !names.isEmpty else { return nil }
        return list("Part of the system, not kept:", names)
    }

    private var gone: String? {
        guard !adoption.plan.gone.isEmpty else { return nil }
        return list("In the manifest and not found on this machine:", adoption.plan.gone.map { "keep.\($0)" })
    }

    private var moved: String? {
        guard !adoption.plan.moved.isEmpty else { return nil }
        return list(
            "Not where the manifest says:",
            adoption.plan.moved.map { "keep.\($0.name): written \($0.written), found \($0.found); correct it in \(manifest)" })
    }

    private var clashes: String? {
        let ports = adoption.clashes.map { clash in
            "port \(clash.port) (\(clash.name)) is held by \(clash.owner): \(advice(clash))"
        }
        let ranges = adoption.inventory.system.network.clashes.map { "addresses \($0.range) of the mesh are in use: \($0.by)" }
        return ports.isEmpty && ranges.isEmpty ? nil : list("In the way of Aurora:", ports + ranges)
    }

    private func advice(_ clash: PortPlan.Clash) -> String {
        let isTaken = adoption.text.map { $0.contains("\(clash.name): \(clash.proposal)") } ?? false
        return isTaken
            ? "\(clash.name) takes \(clash.proposal)" : "free is \(clash.proposal); write ports: { \(clash.name): \(clash.proposal) }"
    }

    private var unseen: String? {
        let unseen = adoption.inventory.unseen
        guard !unseen.isEmpty else { return nil }
        return list("Could not be seen:", unseen.map { "\($0.what): \($0.why)\($0.fix.map { "; \($0)" } ?? "")" })
    }

    private func list(_ title: String, _ lines: [String]) -> String {
        ([Terminal.styled(title, .dim)] + lines.map { "  \(Terminal.oneLine($0))" }).joined(separator: "\n")
    }

    private var outcome: String {
        let took = Amount.time(adoption.inventory.seconds)
        guard let text = adoption.text else { return "\(manifest) has it all already; nothing was changed (\(took))" }
        guard isWritten else { return "\(manifest) would \(adoption.isNew ? "be" : "become"):\n\n\(text)" }
        let what = adoption.isNew ? "wrote \(manifest)" : "changed \(manifest): \(changes)"
        let example = adoption.example == nil ? "" : ", and the variables it uses into .env.example"
        return "\(what)\(example) (\(took))\nnext: read it, then start the node beside what runs: aurora up"
    }

    private var changes: String {
        let plan = adoption.plan
        let words = [
            plan.added.isEmpty ? nil : "\(plan.added.count) added", plan.gone.isEmpty ? nil : "\(plan.gone.count) gone",
        ].compactMap(\.self)
        return words.isEmpty ? "brought up to date" : words.joined(separator: ", ")
    }

    // MARK: Programs

    private struct Document: Encodable {
        struct Manifest: Encodable {
            let file: String
            let isWritten: Bool
            let isChanged: Bool
        }

        let inventory: Inventory
        let found: [KeptCandidate]
        let added: [String]
        let gone: [String]
        let moved: [KeepPlan.Moved]
        let leftOut: [String]
        let ports: [PortPlan.Clash]
        let manifest: Manifest
    }

    func json() throws -> String {
        let plan = adoption.plan
        let document = Document(
            inventory: adoption.inventory, found: plan.found, added: plan.added.map(\.name), gone: plan.gone, moved: plan.moved,
            leftOut: KeptDerivation.leftOut(adoption.inventory), ports: adoption.clashes,
            manifest: .init(file: manifest, isWritten: isWritten && adoption.text != nil, isChanged: adoption.text != nil))
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .iso8601
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(document), as: UTF8.self)
    }
}

extension String {
    fileprivate var nonEmpty: String? { isEmpty ? nil : self }
}
