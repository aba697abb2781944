import AuroraDialects

/// Puts aliases into lists of models.
enum ModelLists {
    /// The models, then each alias whose target is among them, with the target's details. A model that has an alias's name stays as it is.
    static func withAliases(_ models: [EngineModel], _ aliases: ModelAliases) -> [EngineModel] {
        let names = Set(models.map(\.name))
        return models
            + aliases.entries.compactMap { alias in
                guard !names.contains(alias.name) else { return nil }
                let target = models.first { ModelName.match(alias.target, in: [$0.name], kind: $0.kind) != nil }
                return target.map { named(alias.name, $0) }
            }
    }

    /// The same model under another name, also in what its engine says of it.
    static func named(_ name: String, _ model: EngineModel) -> EngineModel {
        var model = model
        model.name = name
        for key in ["name", "model", "id"] where model.listed[key] != nil { model.listed[key] = .string(name) }
        return model
    }
}
