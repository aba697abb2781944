import AuroraModel
import Yams

/// The top of a compose file.
struct ComposeRoot: Sendable {
    static let schema = Schema<ComposeRoot>(
        fields: [
            Field("name", \.name, .template, "Name of the project."),
            Field("version", \.version, .template, "Means nothing any more."),
            Field("services", \.services, .serviceDrafts, "The services, by name."),
            Field("volumes", \.volumes, .volumeNames, "Kept volumes, by name."),
            Field("networks", \.networks, .networkDefinitions, "Networks, by name."),
            Field("secrets", \.secrets, .topLevelFiles, "Files with secrets, by name."),
            Field("configs", \.configs, .topLevelFiles, "Files with settings, by name."),
            Field("include", \.include, .includes, "Other compose files that belong to the project."),
        ],
        refused: ["models": ("models are served by the engines of the mesh", "remove it, and call the gateway")], allowsExtensions: true)

    var name: String?
    var version: String?
    var services: [ServiceCollector.Named] = []
    var volumes: [String] = []
    var networks: [String] = []
    var secrets: [String: String] = [:]
    var configs: [String: String] = [:]
    var include: [ComposeInclude] = []
}

/// One entry under `include:`, its paths absolute.
struct ComposeInclude: Sendable {
    var paths: [String]
    var folder: String?
    var envFile: String?
}

extension ValueType where Value == [ServiceCollector.Named] {
    fileprivate static var serviceDrafts: Self {
        Self(
            label: "mapping of names", expected: "a mapping of names: 'name: { image: … }'",
            read: { node, reader in
                var collector = ServiceCollector()
                return collector.drafts(node, &reader)
            }, show: { .list($0.map { .text($0.name) }) })
    }
}

extension ValueType where Value == [String] {
    fileprivate static var volumeNames: Self { names(VolumeDefinition.schema, VolumeDefinition()) }
    fileprivate static var networkDefinitions: Self { names(NetworkDefinition.schema, NetworkDefinition()) }

    /// The keys of a mapping whose values say nothing but what the schema takes.
    private static func names<Definition: Sendable>(_ schema: Schema<Definition>, _ empty: Definition) -> Self {
        let expected = "a mapping of names: { name: }"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            reader.entries(node, expected: expected)?.map { entry in
                reader.enter(entry.key.clipped, line: entry.line) { reader in
                    var definition = empty
                    schema.read(entry.value, into: &definition, &reader, expected: "nothing, or a mapping")
                    if !VolumeSyntax.isName(entry.key) {
                        reader.report("'\(entry.key.clipped)' cannot be a name", fix: "use letters, digits, '.', '_' and '-'")
                    }
                    return entry.key
                }
            }
        }
        return Self(label: "mapping of names", expected: expected, read: read, show: { .list($0.map(Shown.text)) })
    }
}

private struct VolumeDefinition {
    enum Driver: String, CaseIterable { case local }

    static let schema = Schema<VolumeDefinition>(
        fields: [
            Field("driver", \.driver, .choice(), "Always local."),
            Field("external", \.isExternal, .bool(false), "Always false."),
        ],
        refused: ["driver_opts": ("volumes are folders of this machine", "mount the folder by its path")],
        ignored: [
            "labels": "volumes have no labels of their own", "name": "the volume is new and named by Aurora; copy what the old one holds",
        ],
        allowsExtensions: true)

    var driver = Driver.local
    var isExternal = false
}

private struct NetworkDefinition {
    enum Driver: String, CaseIterable { case bridge, `default` }

    static let schema = Schema<NetworkDefinition>(
        fields: [
            Field("driver", \.driver, .choice(), "Always bridge."),
            Field("external", \.isExternal, .bool(false), "Always false."),
            Field("internal", \.isInternal, .bool(false), "Always false."),
        ],
        refused: ["driver_opts": ("networks are plain bridges", "remove it"), "ipam": ("addresses are given by the engine", "remove it")],
        ignored: [
            "labels": "networks have no labels of their own", "name": "the network is new and named by Aurora",
            "attachable": "it belongs to a swarm", "enable_ipv6": "addresses are given by the engine",
        ], allowsExtensions: true)

    var driver = Driver.bridge
    var isExternal = false
    var isInternal = false
}

extension ValueType where Value == Bool {
    /// A switch of which only one side is supported.
    fileprivate static func bool(_ supported: Bool) -> Self {
        bool.checked { value, reader in
            if value != supported {
                reader.report("\(reader.path) is \(value), which is not supported", fix: "write \(supported), or remove it")
            }
            return value == supported ? value : nil
        }
    }
}

extension ValueType where Value == [String: String] {
    /// `secrets:` and `configs:`: names of files, absolute.
    fileprivate static var topLevelFiles: Self {
        let expected = "a mapping { name: { file: ./path } }"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard let entries = reader.entries(node, expected: expected) else { return nil }
            let files: [(String, String)] = entries.compactMap { entry in
                reader.enter(entry.key.clipped, line: entry.line) { reader in
                    var draft = FileDefinition()
                    FileDefinition.schema.read(entry.value, into: &draft, &reader, expected: "{ file: ./path }")
                    return draft.file.map { (entry.key, FilePaths.absolute($0, from: reader.folder, home: reader.home)) }
                }
            }
            return Dictionary(files) { _, last in last }
        }
        return Self(label: "mapping of names", expected: expected, read: read, show: { .list($0.keys.sorted().map(Shown.text)) })
    }
}

private struct FileDefinition {
    private static let fix = "put it into a file, and write file: ./path"

    static let schema = Schema<FileDefinition>(
        fields: [Field("file", \.file, .folderInside, isRequired: true, "Path of the file.")],
        refused: [
            "environment": ("it would have to be written out", fix), "content": ("Aurora writes no files for compose files", fix),
            "external": ("there is no swarm that keeps it", fix), "template_driver": ("files are used as they are", "remove it"),
        ],
        ignored: ["name": "it is known by its key", "labels": "files have no labels"], allowsExtensions: true)

    var file: String?
}

extension ValueType where Value == [ComposeInclude] {
    /// `include:`: paths, or mappings with `path`, `project_directory` and `env_file`.
    fileprivate static var includes: Self {
        let expected = "a list of paths, or of { path: ./other.yml }"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            reader.elements(node, expected: expected)?.enumerated().compactMap { index, element in
                reader.enter("[\(index)]", line: element.line) { IncludeDraft.read(element, &$0) }
            }
        }
        return Self(label: "list", expected: expected, read: read, show: { .list($0.flatMap(\.paths).map(Shown.text)) })
    }
}

private struct IncludeDraft {
    static let schema = Schema<IncludeDraft>(fields: [
        Field("path", \.paths, .oneOrMore(.folderInside), isRequired: true, "One file, or several that are laid over one another."),
        Field("project_directory", \.folder, .folderInside, "Where their relative paths start."),
        Field("env_file", \.envFile, .folderInside, "Their variables."),
    ])

    var paths: [String]?
    var folder: String?
    var envFile: String?

    static func read(_ node: Node, _ reader: inout Reader) -> ComposeInclude? {
        var draft = IncludeDraft()
        if case .mapping = node {
            schema.read(node, into: &draft, &reader, expected: "{ path: ./other.yml }")
        } else {
            draft.paths = ValueType<String>.folderInside.read(node, &reader).map { [$0] }
        }
        let absolute: (String) -> String = { [reader] in FilePaths.absolute($0, from: reader.folder, home: reader.home) }
        return draft.paths.map {
            ComposeInclude(paths: $0.map(absolute), folder: draft.folder.map(absolute), envFile: draft.envFile.map(absolute))
        }
    }
}
