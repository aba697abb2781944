import AuroraModel
import Yams

/// `services:` of a manifest.
enum ServicesSection {
    static let type = ValueType<[ServiceSpec]>(
        label: "mapping of names", expected: "a mapping of names: 'name: { … }'", read: read,
        show: { .mapping($0.map { ($0.name, ServiceDraft.schema.show(ServiceDraft($0)).withoutEmpty) }) },
        options: ServiceDraft.schema.fields.filter { !forComposeFiles.contains($0.key) }.map { $0.reference(ServiceDraft()) })

    /// Keys that mean something only beside the other sections of a compose file.
    private static let forComposeFiles: Set<String> = ["secrets", "configs", "profiles"]

    private static func read(_ node: Node, _ reader: inout Reader) -> [ServiceSpec]? {
        var collector = ServiceCollector()
        return collector.drafts(node, &reader)?.compactMap { service in
            reader.enter(service.name, line: service.line) { reader in
                if !service.draft.profiles.isEmpty {
                    reader.report("\(reader.path) has 'profiles'", fix: "remove it: every service of a manifest runs")
                }
                return service.draft.built(name: service.name, files: nil, &reader)
            }
        }
    }
}

extension Shown {
    /// Without the lists and mappings that hold nothing.
    fileprivate var withoutEmpty: Shown {
        guard case .mapping(let entries) = self else { return self }
        return .mapping(
            entries.compactMap { entry in
                let value = entry.value.withoutEmpty
                switch value {
                case .mapping(let inner) where inner.isEmpty: return nil
                case .list(let inner) where inner.isEmpty: return nil
                default: return (entry.key, value)
                }
            })
    }
}
