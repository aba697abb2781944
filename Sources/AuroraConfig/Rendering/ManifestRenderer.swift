import AuroraModel

/// Shows what runs: every option with its resolved value, secrets as `***`.
public enum ManifestRenderer {
    /// The resolved manifest as YAML; reads back as a manifest once the secrets are put in again.
    public static func yaml(_ manifest: Manifest) -> String {
        let origin = manifest.source.map { "from \($0.clipped)" } ?? "defaults, without a manifest"
        return "# \(origin)\n# this node: \(manifest.thisNode.name) (\(manifest.thisNode.role.rawValue))\n" + options(manifest).yaml()
    }

    /// The same as JSON, with `source` and `this_node` beside the options.
    public static func json(_ manifest: Manifest) -> String {
        var entries: [(key: String, value: Shown)] = []
        if let source = manifest.source { entries.append(("source", .text(source))) }
        entries.append(("this_node", .text(manifest.thisNode.name)))
        if case .mapping(let options) = options(manifest) { entries += options }
        return Shown.mapping(entries).json() + "\n"
    }

    /// Kept engines run as engines, and are written under `keep` only.
    private static func options(_ manifest: Manifest) -> Shown {
        var written = manifest
        let kept = Set(manifest.keep.map(\.name))
        written.engines.removeAll { kept.contains($0.name) }
        return ManifestSchema.root.show(written)
    }
}
