public import AuroraModel
import Yams

/// Changes a manifest by changing its text: whatever a person wrote stays as it is, byte for byte.
///
/// Lines are put in at places that the YAML tree names, and the result is read again: the edit counts only when the tree is the old
/// one with the new entries behind it.
public enum ManifestEditor {
    /// The text with the edit in it; the same text when there is nothing to change. Running it again changes nothing more.
    ///
    /// Throws `refused`, with what to add by hand, where no line can be put in safely.
    public static func edited(_ text: String, file: String, with edit: ManifestEdit) throws(AuroraError) -> String {
        let source = SourceText(text)
        guard let shape = ManifestShape(source) else {
            throw AuroraError(.manifest, "'\(file)' is not a mapping that can be edited", hint: "check it with: aurora config check")
        }
        try refuseFixed(shape, file: file, edit)
        let marked = GoneMarks.edited(source, shape.keep, with: edit)
        // The marks moved lines, so places are looked up again.
        guard let now = ManifestShape(marked) else { throw byHand("cannot be edited safely", file: file, edit) }
        for result in results(marked, now, edit) where isWhole(result, from: shape.root, adding: edit) { return result.text }
        throw byHand("cannot be edited safely", file: file, edit)
    }

    /// The entries as they would stand in the file, for a person to put in.
    public static func lines(for candidates: [KeptCandidate]) -> String {
        candidates.flatMap { KeptText.lines($0, margin: "  ", step: 2) }.joined(separator: "\n")
    }

    private static func refuseFixed(_ shape: ManifestShape, file: String, _ edit: ManifestEdit) throws(AuroraError) {
        guard !edit.added.isEmpty else { return }
        if shape.isFlow { throw byHand("is one mapping in braces", file: file, edit) }
        if case .fixed(let line, let reason) = shape.keep { throw byHand("keep: on line \(line + 1) \(reason)", file: file, edit) }
    }

    private static func byHand(_ reason: String, file: String, _ edit: ManifestEdit) -> AuroraError {
        AuroraError(
            .refused, "'\(file)' was not changed: \(reason)",
            hint: "write 'keep:' as lines below one another, or add these lines to it by hand:\n" + lines(for: edit.added))
    }

    /// The same edit at the places where it may stand, the one a person would choose first.
    private static func results(_ source: SourceText, _ shape: ManifestShape, _ edit: ManifestEdit) -> [SourceText] {
        let proposal = shape.isFlow || shape.root?["ports"] != nil ? nil : edit.ports
        if edit.added.isEmpty && proposal == nil { return [source] }
        return KeepPlace.all(in: source, shape).map { place in
            var result = source
            if let proposal { result.insert([""] + PortsText.lines(proposal, margin: shape.marginText), at: shape.end) }
            if !edit.added.isEmpty { place.insert(edit.added, into: &result, shape) }
            return result
        }
    }

    /// Whether the tree is the one of before, with nothing but the new entries at the end of `keep:` and new ports.
    private static func isWhole(_ result: SourceText, from old: Node.Mapping?, adding edit: ManifestEdit) -> Bool {
        guard let shape = ManifestShape(result) else { return false }
        let before = old.map(Array.init) ?? []
        let after = shape.root.map(Array.init) ?? []
        let rest = before.filter { $0.key.string != "keep" }
        let restAfter = after.filter { pair in
            pair.key.string != "keep" && (pair.key.string != "ports" || before.contains { $0.key == pair.key })
        }
        guard rest.elementsEqual(restAfter, by: { $0.key == $1.key && $0.value == $1.value }) else { return false }
        return isWhole(after.keep, from: before.keep, adding: edit.added.map(\.name))
    }

    private static func isWhole(_ after: Node?, from before: Node?, adding names: [String]) -> Bool {
        guard !names.isEmpty else { return after == before }
        let old = before?.mapping.map(Array.init) ?? []
        guard case .mapping(let mapping) = after else { return false }
        let new = Array(mapping)
        return new.prefix(old.count).elementsEqual(old, by: { $0.key == $1.key && $0.value == $1.value })
            && new.dropFirst(old.count).map(\.key.string) == names
    }
}

extension [(key: Node, value: Node)] {
    fileprivate var keep: Node? { first { $0.key.string == "keep" }?.value }
}

extension ManifestShape {
    var marginText: String { String(repeating: " ", count: margin) }
}
