import AuroraModel

/// One model under `models:`, as written.
struct ModelDraft: Draft {
    static let noun = "a model"
    static let schema = Schema<ModelDraft>(fields: [
        Field("on", \.on, .list(.name), "Nodes, or engines, that it belongs on; a pull goes to all of them."),
        Field("policy", \.policy, .choice(), "How its engine is chosen for a request; none: `predicted`."),
        Field("fallback", \.fallback, .list(.modelName), "Models that answer in its place when no engine can, in this order."),
    ])

    var on: [String] = []
    var policy: ModelPolicy?
    var fallback: [String] = []

    init() {}

    init(_ model: ManifestModel) {
        (on, policy, fallback) = (model.on, model.policy, model.fallback)
    }

    func built(name: String, _: inout Reader) -> ManifestModel? {
        ManifestModel(name: name, on: on, policy: policy, fallback: fallback)
    }

    static func name(of model: ManifestModel) -> String { model.name }
}

/// `aliases:`.
enum AliasesSection {
    /// `{ fast: "qwen3:8b" }`
    static let type: ValueType<[ModelAlias]> = {
        let target = ValueType<String>.modelName
        let expected = "a mapping of names to models: 'fast: \"qwen3:8b\"'"
        return ValueType(
            label: "mapping of names", expected: expected,
            read: { node, reader in
                reader.entries(node, expected: expected)?.compactMap { entry in
                    reader.enter(entry.key.clipped, line: entry.line) { reader in
                        guard ModelNames.isValid(entry.key) else {
                            reader.report("'\(entry.key.clipped)' cannot be an alias", fix: "use \(ModelNames.expected)")
                            return nil
                        }
                        return target.read(entry.value, &reader).map { ModelAlias(name: entry.key, model: $0) }
                    }
                }
            },
            show: { .mapping($0.map { ($0.name, .text($0.model)) }) })
    }()
}

/// Names of models, as engines and registries have them: `qwen3:8b`, `hf.co/org/Model-GGUF:Q4_K_M`.
enum ModelNames {
    static let expected = "the name of a model, such as \"qwen3:8b\", without blanks"

    static func isValid(_ name: String) -> Bool {
        (1...256).contains(name.utf8.count) && name.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F && $0 != "\"" }
    }
}

extension ValueType where Value == String {
    static var modelName: Self {
        .scalar("model", expected: ModelNames.expected, show: { .text($0) }) { ModelNames.isValid($0) ? $0 : nil }
    }

    /// A web page's origin, as `OLLAMA_ORIGINS` has them.
    static var origin: Self {
        let expected = "an origin such as https://chat.example.com, http://10.0.0.5:3000 or https://*.example.com, or * for every page"
        return .scalar("origin", expected: expected, show: { .text($0) }) { Origin.isValid($0) ? $0 : nil }
    }
}

/// `*`, or `scheme://host[:port]` with at most one `*` in it behind the scheme.
enum Origin {
    static func isValid(_ text: String) -> Bool {
        if text == "*" { return true }
        guard let separator = text.firstRange(of: "://"), text.utf8.count <= 300, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return false
        }
        let (scheme, rest) = (text[..<separator.lowerBound], text[separator.upperBound...])
        let isScheme = scheme.utf8.first?.startsName == true && scheme.utf8.allSatisfy { $0.continuesName || "-+.".utf8.contains($0) }
        return isScheme && !rest.isEmpty && !rest.contains("/") && rest.filter { $0 == "*" }.count <= 1
    }
}
