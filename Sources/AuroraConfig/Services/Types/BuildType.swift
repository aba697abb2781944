import AuroraModel
import Yams

extension ValueType where Value == ImageBuild {
    /// `build:` as the path of a folder, or as a mapping.
    static var build: Self {
        let expected = "the path of a folder with a Dockerfile, or a mapping { context: ./app, dockerfile: Dockerfile }"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            var draft = BuildDraft()
            if case .mapping = node {
                BuildDraft.schema.read(node, into: &draft, &reader, expected: expected)
            } else {
                draft.context = ValueType<String>.folderInside.read(node, &reader)
                if draft.context == nil { return nil }
            }
            return draft.built(&reader)
        }
        return Self(
            label: "path or mapping", expected: expected, read: read, show: { BuildDraft.schema.show(BuildDraft($0)) },
            options: BuildDraft.schema.fields.map { $0.reference(BuildDraft()) })
    }
}

private struct BuildDraft {
    static let schema = Schema<BuildDraft>(
        fields: [
            Field("context", \.context, .folderInside, "The folder with what is built; none: the folder of the file."),
            Field("dockerfile", \.dockerfile, .folderInside, "Path of the Dockerfile in the context."),
            Field("args", \.arguments, .environment, "Arguments of the build."),
            Field("target", \.target, .template, "The stage that is built."),
        ],
        refused: [
            "dockerfile_inline": ("Aurora writes no Dockerfile", "put it into a file and name that by 'dockerfile'"),
            "ssh": ("a build gets no keys", "fetch what needs keys before the build"),
            "secrets": ("a build gets no secrets", "fetch what needs secrets before the build"),
            "additional_contexts": ("a build has one context", "put what it needs into the context"),
            "privileged": ("a build gets no further rights", "remove 'privileged'"),
        ],
        ignored: Dictionary(
            uniqueKeysWithValues: [
                "cache_from", "cache_to", "no_cache", "pull", "labels", "platforms", "tags", "shm_size", "network", "isolation",
                "provenance",
                "sbom",
            ].map { ($0, "Aurora builds with the defaults of the engine") }),
        allowsExtensions: true)

    var context: String?
    var dockerfile: String?
    var arguments: [EnvironmentVariable] = []
    var target: String?

    init() {}

    init(_ build: ImageBuild) {
        (context, dockerfile, arguments, target) = (build.context, build.dockerfile, build.arguments, build.target)
    }

    func built(_ reader: inout Reader) -> ImageBuild? {
        let written = context ?? "."
        guard !written.contains("://"), !written.hasPrefix("git@") else {
            reader.report(
                "\(reader.path) is built from '\(written.clipped)', and Aurora builds from folders", fix: "clone it, and name the folder")
            return nil
        }
        let path = FilePaths.absolute(written, from: reader.folder, home: reader.home)
        if !FilePaths.isFolder(path) {
            reader.warn(
                "\(reader.path) is built from '\(written.clipped)', and there is no such folder", fix: "create it, or correct the path")
        }
        return ImageBuild(context: path, dockerfile: dockerfile, arguments: arguments, target: target)
    }
}
