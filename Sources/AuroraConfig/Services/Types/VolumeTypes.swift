import AuroraModel
import Yams

extension ValueType where Value == [VolumeMount] {
    /// `volumes:` in short and long form; a bind path is absolute afterwards.
    static var volumes: Self {
        let expected = "a list of volumes: [ \"./data:/data:ro\", \"name:/data\" ]"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            reader.elements(node, expected: expected)?.enumerated().compactMap { index, element in
                reader.enter("[\(index)]", line: element.line) { VolumeSyntax.read(element, &$0) }
            }
        }
        return Self(label: "list of volumes", expected: expected, read: read, show: { .list($0.map(VolumeSyntax.shown)) })
    }

    /// `tmpfs:`: folders in memory.
    static var memoryFolders: Self {
        let paths = ValueType<[String]>.oneOrMore(.text("path", expected: "the absolute path of a folder in memory"))
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            paths.read(node, &reader)?.compactMap { text in
                // Options such as ':size=64m' follow a colon.
                let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
                guard let target = parts.first, VolumeSyntax.isTarget(target) else {
                    reader.refuse(text, expected: "an absolute path, such as /tmp")
                    return nil
                }
                if parts.count > 1 {
                    reader.warn(
                        "\(reader.path) has the options '\(parts[1].clipped)', which have no effect", fix: "limit it by 'mem_limit'")
                }
                return VolumeMount(.memory, target: target)
            }
        }
        return Self(label: "text or list", expected: paths.expected, read: read, show: { .list($0.map { .template($0.target) }) })
    }
}

/// A volume as compose files write it.
enum VolumeSyntax {
    static let expected = "[NAME OR PATH:]PATH INSIDE[:ro], such as \"./data:/data\""
    /// Options that change nothing on a machine with one kernel.
    private static let neutral: Set<String> = ["rw", "z", "Z", "cached", "delegated", "consistent", "nocopy"]

    static func read(_ node: Node, _ reader: inout Reader) -> VolumeMount? {
        if case .mapping = node { return VolumeDraft.read(node, &reader) }
        guard let scalar = reader.scalar(node, expected: expected) else { return nil }
        guard let volume = parse(scalar.text, reader) else {
            reader.refuse(scalar.text, expected: expected)
            return nil
        }
        return volume
    }

    private static func parse(_ text: String, _ reader: Reader) -> VolumeMount? {
        var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard !text.utf8.contains(0), (1...3).contains(parts.count) else { return nil }
        let options = parts.count == 3 ? parts.removeLast().split(separator: ",").map(String.init) : []
        guard let target = parts.popLast(), isTarget(target), options.allSatisfy({ $0 == "ro" || neutral.contains($0) }) else { return nil }
        guard let written = parts.first else { return VolumeMount(.anonymous, target: target) }
        guard let source = source(written, reader) else { return nil }
        return VolumeMount(source, target: target, isReadOnly: options.contains("ro"))
    }

    /// A path starts with `.`, `/` or `~`; anything else is the name of a volume.
    private static func source(_ text: String, _ reader: Reader) -> VolumeMount.Source? {
        if ["/", ".", "~"].contains(where: text.hasPrefix) {
            return .bind(FilePaths.absolute(text, from: reader.folder, home: reader.home))
        }
        return isName(text) ? .named(text) : nil
    }

    static func isTarget(_ text: String) -> Bool { text.hasPrefix("/") && text.utf8.allSatisfy { $0 >= 0x20 } }

    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, first.continuesName, first != UInt8(ascii: "_"), text.utf8.count <= 128 else { return false }
        return text.utf8.allSatisfy { $0.continuesName || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") }
    }

    /// Short form, or the long one for what has no short one.
    static func shown(_ volume: VolumeMount) -> Shown {
        let end = volume.isReadOnly ? ":ro" : ""
        switch volume.source {
        case .bind(let path): return .template("\(path):\(volume.target)\(end)")
        case .named(let name): return .template("\(name):\(volume.target)\(end)")
        case .anonymous: return .template(volume.target)
        case .memory: return .mapping([("type", .text("tmpfs")), ("target", .template(volume.target))])
        }
    }
}

/// A volume in long form.
private struct VolumeDraft {
    enum Kind: String, CaseIterable { case bind, volume, tmpfs }

    static let schema = Schema<VolumeDraft>(
        fields: [
            Field("type", \.kind, .choice(), "`bind`: a path of the machine, `volume`: a kept volume, `tmpfs`: memory."),
            Field("source", \.source, .template, "The path or the name; none: a volume that goes with the service."),
            Field("target", \.target, .template, isRequired: true, "The path inside."),
            Field("read_only", \.isReadOnly, .bool, "Whether the service may not write to it."),
        ],
        ignored: [
            "bind": "a missing folder is made, and propagation stays private",
            "volume": "a new volume starts with what the image has there",
            "tmpfs": "limit it by 'mem_limit'", "consistency": "it changes nothing on Linux",
        ], allowsExtensions: true)

    var kind = Kind.volume
    var source: String?
    var target: String?
    var isReadOnly = false

    static func read(_ node: Node, _ reader: inout Reader) -> VolumeMount? {
        var draft = VolumeDraft()
        schema.read(node, into: &draft, &reader, expected: "a mapping: { type: bind, source: ./data, target: /data }")
        guard let target = draft.target, !reader.hasErrors(in: reader.path) else { return nil }
        guard VolumeSyntax.isTarget(target), let source = draft.resolved(reader) else {
            reader.report(
                "\(reader.path) is no volume of type '\(draft.kind.rawValue)'",
                fix: "give an absolute 'target', and a 'source' that is a path for 'bind' and a name for 'volume'")
            return nil
        }
        return VolumeMount(source, target: target, isReadOnly: draft.isReadOnly)
    }

    private func resolved(_ reader: Reader) -> VolumeMount.Source? {
        switch (kind, source) {
        case (.tmpfs, nil): .memory
        case (.volume, nil): .anonymous
        case (.volume, .some(let name)): VolumeSyntax.isName(name) ? .named(name) : nil
        case (.bind, .some(let path)) where !path.isEmpty: .bind(FilePaths.absolute(path, from: reader.folder, home: reader.home))
        default: nil
        }
    }
}
