import AuroraModel

/// Rules between `models:`, `aliases:` and what else the manifest names.
enum ModelChecks {
    static func run(_ manifest: Manifest, _ reader: inout Reader) {
        places(manifest, &reader)
        models(manifest.models, &reader)
        aliases(manifest, &reader)
        if manifest.origins.contains("*"), manifest.tokens.isEmpty, !reader.hasErrors(in: "tokens") {
            reader.warn(
                "origins has '*', and there are no tokens: any web page can use this node", fix: "name the pages, or add 'tokens'",
                at: "origins")
        }
    }

    /// Whatever is named under `on` must be known.
    private static func places(_ manifest: Manifest, _ reader: inout Reader) {
        guard !["nodes", "engines", "keep"].contains(where: { reader.hasErrors(in: $0) }) else { return }
        let nodes = manifest.nodes.isEmpty ? [manifest.thisNode.name] : manifest.nodes.map(\.name)
        let known = nodes + manifest.engines.map(\.name) + manifest.keep.compactMap(\.engine).map(\.name)
        for model in manifest.models {
            for (index, place) in model.on.enumerated() where !known.contains(place) {
                let guess = nearest(to: place, in: known).map { "did you mean '\($0)'? " } ?? ""
                reader.report(
                    "models.\(model.name.clipped).on names '\(place)', which is no node and no engine",
                    fix: "\(guess)known: \(known.joined(separator: ", "))", at: "models.\(model.name.clipped).on[\(index)]")
            }
        }
    }

    private static func models(_ models: [ManifestModel], _ reader: inout Reader) {
        for model in models {
            let path = "models.\(model.name.clipped)"
            if model.policy == .pinned, model.on.isEmpty {
                reader.report(
                    "\(path).policy is 'pinned', and 'on' names no node", fix: "add 'on' with the node to pin it to, or another policy",
                    at: "\(path).policy")
            }
            if model.fallback.contains(model.name) {
                reader.report("\(path).fallback names the model itself", fix: "name other models only", at: "\(path).fallback")
            }
        }
    }

    /// An alias leads to a model in one step, and stands in no model's way.
    private static func aliases(_ manifest: Manifest, _ reader: inout Reader) {
        let aliases = Set(manifest.aliases.map(\.name))
        let models = Set(manifest.models.map(\.name))
        for alias in manifest.aliases {
            let path = "aliases.\(alias.name.clipped)"
            if aliases.contains(alias.model) {
                reader.report(
                    "\(path) leads to '\(alias.model.clipped)', which is an alias itself", fix: "write the model that is meant", at: path)
            }
            if models.contains(alias.name) {
                reader.report("\(path) has the name of a model under 'models'", fix: "give the alias another name", at: path)
            }
        }
    }
}
