import AuroraModel
import Yams

extension ValueType where Value == [ServiceDependency] {
    /// `depends_on:` as a list of names, or as a mapping with conditions.
    static var dependencies: Self {
        let expected = "a list of services, or a mapping { service: { condition: service_healthy } }"
        let names = ValueType<[String]>.list(.name)
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard case .mapping = node else { return names.read(node, &reader).map { $0.map { ServiceDependency($0) } } }
            return reader.entries(node, expected: expected)?.compactMap { entry in
                reader.enter(entry.key.clipped, line: entry.line) { reader in
                    var draft = DependencyDraft()
                    DependencyDraft.schema.read(entry.value, into: &draft, &reader, expected: "{ condition: service_healthy }")
                    return ServiceDependency(entry.key, draft.condition)
                }
            }
        }
        let show: @Sendable (Value) -> Shown = { dependencies in
            .mapping(dependencies.map { ($0.service, .mapping([("condition", .text($0.condition.rawValue))])) })
        }
        return Self(label: "list or mapping", expected: expected, read: read, show: show)
    }
}

private struct DependencyDraft {
    static let schema = Schema<DependencyDraft>(
        fields: [Field("condition", \.condition, .choice(), "What it waits for.")],
        refused: ["required": ("every service that is waited for must be there", "remove 'required', or the dependency")],
        ignored: ["restart": "a service is not restarted along with another"])

    var condition = ServiceDependency.Condition.started
}

extension ValueType where Value == [String] {
    /// `networks:` of a service: names, as a list or as a mapping. `default` is the network that all services share.
    static var networkNames: Self {
        let expected = "a list of networks, or a mapping of them"
        let names = ValueType<[String]>.list(.text("name", expected: "the name of a network") { VolumeSyntax.isName($0) ? $0 : nil })
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard case .mapping = node else { return names.read(node, &reader)?.filter { $0 != "default" } }
            return reader.entries(node, expected: expected)?.compactMap { entry in
                reader.enter(entry.key.clipped, line: entry.line) { reader in
                    var draft = NetworkDraft()
                    NetworkDraft.schema.read(entry.value, into: &draft, &reader, expected: "nothing, or {}")
                    return entry.key == "default" ? nil : entry.key
                }
            }
        }
        return Self(label: "list or mapping", expected: expected, read: read, show: names.show)
    }
}

private struct NetworkDraft {
    static let schema = Schema<NetworkDraft>(
        fields: [],
        refused: [
            "aliases": ("a service is reached by its own name only", "remove 'aliases', and use the name of the service"),
            "ipv4_address": ("addresses are given by the engine", "use the name of the service"),
            "ipv6_address": ("addresses are given by the engine", "use the name of the service"),
            "mac_address": ("addresses are given by the engine", "remove it"),
        ],
        ignored: ["priority": "all networks are alike", "link_local_ips": "addresses are given by the engine"], allowsExtensions: true)
}

extension ValueType where Value == RestartPolicy {
    static var restart: Self {
        .scalar(
            "no \\| on-failure[:N] \\| always \\| unless-stopped", expected: "no, on-failure, on-failure:3, always or unless-stopped",
            words: ["no", "on-failure", "always", "unless-stopped"], show: { .text(RestartSyntax.text($0)) }, parse: RestartSyntax.parse)
    }
}

enum RestartSyntax {
    static func parse(_ text: String) -> RestartPolicy? {
        switch text {
        case "no": return .no
        case "always": return .always
        case "unless-stopped": return .unlessStopped
        case "on-failure": return .onFailure(limit: nil)
        default:
            guard text.hasPrefix("on-failure:"), let limit = Int(text.dropFirst(11)), (0...1_000_000).contains(limit) else { return nil }
            return .onFailure(limit: limit == 0 ? nil : limit)
        }
    }

    static func text(_ policy: RestartPolicy) -> String {
        switch policy {
        case .no: "no"
        case .always: "always"
        case .unlessStopped: "unless-stopped"
        case .onFailure(nil): "on-failure"
        case .onFailure(let limit?): "on-failure:\(limit)"
        }
    }
}

/// A file of `secrets:` or `configs:` that a service gets to read.
struct FileGrant: Sendable, Equatable {
    /// The name at the top of the compose file.
    var source: String
    /// Absolute path inside; nil for the usual place.
    var target: String?
}

extension ValueType where Value == [FileGrant] {
    /// `secrets:` and `configs:` of a service: names, or mappings with `source` and `target`.
    static var grants: Self {
        let expected = "a list of names, or of { source: name, target: path }"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            reader.elements(node, expected: expected)?.enumerated().compactMap { index, element in
                reader.enter("[\(index)]", line: element.line) { reader in
                    guard case .mapping = element else {
                        return ValueType<String>.template.read(element, &reader).map { FileGrant(source: $0) }
                    }
                    var draft = GrantDraft()
                    GrantDraft.schema.read(element, into: &draft, &reader, expected: "a mapping: { source: name }")
                    return draft.source.map { FileGrant(source: $0, target: draft.target) }
                }
            }
        }
        return Self(label: "list", expected: expected, read: read, show: { .list($0.map { .text($0.source) }) })
    }
}

private struct GrantDraft {
    private static let kept = "the file keeps its owner and its rights"
    static let schema = Schema<GrantDraft>(
        fields: [
            Field("source", \.source, .template, isRequired: true, "The name at the top of the file."),
            Field("target", \.target, .template, "The path inside."),
        ],
        ignored: ["uid": kept, "gid": kept, "mode": kept])

    var source: String?
    var target: String?
}
