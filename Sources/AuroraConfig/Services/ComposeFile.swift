public import AuroraModel
import Yams

/// What came of reading compose files.
public struct ComposeLoad: Sendable {
    /// The project's own name, or that of its folder.
    public let name: String
    /// Services that belong to the profiles asked for, in the order written; empty when there are errors.
    public let services: [ServiceSpec]
    /// Names of the kept volumes and of the networks that the files define.
    public let volumes: [String]
    public let networks: [String]
    public let findings: [Finding]

    public var hasErrors: Bool { findings.contains { $0.severity == .error } }
}

/// Reads whole compose files, with what they include and extend.
public enum ComposeFile {
    /// Reads the files as `docker compose -f A -f B` does: later ones are laid over earlier ones.
    ///
    /// - Parameters:
    ///   - paths: at least one; relative paths in all of them start from the folder of the first.
    ///   - profiles: services with profiles belong to the project only if one of theirs is among these.
    ///   - folder: where relative `paths` start.
    ///   - environment: the process environment; wins over the `.env` beside the first file.
    public static func read(
        paths: [String], profiles: Set<String> = [], folder: String, environment: [String: String]
    ) -> ComposeLoad {
        var project = ComposeProject(profiles: profiles)
        let absolute = paths.map { FilePaths.absolute($0, from: folder, home: environment["HOME"]) }
        guard let first = absolute.first else {
            let finding = Finding(file: "docker-compose.yml", line: nil, reason: "no compose file is named", fix: "name at least one")
            return ComposeLoad(name: "", services: [], volumes: [], networks: [], findings: [finding])
        }
        project.add(absolute, shown: paths, folder: FilePaths.folder(of: first), environment: environment, depth: 0)
        return project.load(name: FilePaths.folder(of: first))
    }
}

/// One project while it is put together: what its files say so far.
private struct ComposeProject {
    /// A service with the reader of the file that said the last of it.
    private struct Piece {
        let name: String
        var line: Int
        var draft: ServiceDraft
        var file: Int
    }

    private static let deepestInclude = 8
    private static let mostFiles = 64

    let profiles: Set<String>
    private var name: String?
    private var readers: [Reader] = []
    private var pieces: [Piece] = []
    private var files = ServiceDraft.TopLevelFiles()
    private var volumes: [String] = []
    private var networks: [String] = []
    private var findings: [Finding] = []

    init(profiles: Set<String>) { self.profiles = profiles }

    /// Lays files over one another, and adds the whole to what there is.
    mutating func add(_ paths: [String], shown: [String], folder: String, environment: [String: String], env: String? = nil, depth: Int) {
        let env = env ?? "\(folder)/.env"
        let (variables, envFindings) = ManifestVariables.read(env, shown: FilePaths.shown(env), environment: environment)
        findings += envFindings
        var own: [Piece] = []
        for (path, shown) in zip(paths, shown) {
            guard readers.count < Self.mostFiles, let root = read(path, shown: shown, folder: folder, variables: variables) else {
                continue
            }
            merge(root, into: &own)
            include(root.include, environment: environment, depth: depth)
        }
        for piece in own {
            if pieces.contains(where: { $0.name == piece.name }) {
                readers[piece.file].report(
                    "services.\(piece.name) is defined by an included file too", fix: "give one of them another name",
                    at: "services.\(piece.name)")
            }
        }
        pieces += own
    }

    private mutating func read(_ path: String, shown: String, folder: String, variables: ManifestVariables) -> ComposeRoot? {
        let text: String
        switch TextFile.read(path, shown: shown) {
        case .text(let content): text = content
        case .wrong(let finding):
            findings.append(finding)
            return nil
        case .missing:
            findings.append(Finding(file: shown, line: nil, reason: "there is no such file", fix: "check the path"))
            return nil
        }
        let document = YAMLDocument(text, file: shown)
        findings += document.findings
        var reader = Reader(file: shown, folder: folder, variables: variables, repeatedKeys: document.repeatedKeys)
        reader.unsetIsEmpty = true
        var root = ComposeRoot()
        if let node = document.root {
            ComposeRoot.schema.read(node, into: &root, &reader, expected: "a mapping with 'services:'")
        }
        readers.append(reader)
        return root
    }

    private mutating func merge(_ root: ComposeRoot, into own: inout [Piece]) {
        let file = readers.count - 1
        name = root.name ?? name
        for service in root.services {
            if let place = own.firstIndex(where: { $0.name == service.name }) {
                own[place].draft = service.draft.laid(over: own[place].draft)
                (own[place].line, own[place].file) = (service.line, file)
            } else {
                own.append(Piece(name: service.name, line: service.line, draft: service.draft, file: file))
            }
        }
        files.secrets.merge(root.secrets) { _, last in last }
        files.configs.merge(root.configs) { _, last in last }
        volumes += root.volumes.filter { !volumes.contains($0) }
        networks += root.networks.filter { !networks.contains($0) }
    }

    private mutating func include(_ includes: [ComposeInclude], environment: [String: String], depth: Int) {
        let file = readers.count - 1
        for include in includes {
            guard depth < Self.deepestInclude else {
                readers[file].report(
                    "files include one another more than \(Self.deepestInclude) deep", fix: "include them once, at the top", at: "include")
                return
            }
            let folder = include.folder ?? include.paths.first.map(FilePaths.folder) ?? ""
            add(
                include.paths, shown: include.paths.map(FilePaths.shown), folder: folder, environment: environment, env: include.envFile,
                depth: depth + 1)
        }
    }

    /// The finished project.
    mutating func load(name folder: String) -> ComposeLoad {
        let chosen = pieces.filter { $0.draft.profiles.isEmpty || !profiles.isDisjoint(with: $0.draft.profiles) }
        var services: [ServiceSpec] = []
        for piece in chosen {
            let files = files
            let spec = readers[piece.file].enter("services", line: nil) { reader in
                reader.enter(piece.name, line: piece.line) { piece.draft.built(name: piece.name, files: files, &$0) }
            }
            spec.map { services.append($0) }
            spec.map { checkVolumes(of: $0, in: piece.file) }
        }
        if !readers.isEmpty, !readers.contains(where: { $0.findings.contains { $0.severity == .error } }) {
            ServiceChecks.run(services, reserved: [], &readers[readers.count - 1])
        }
        let all = Findings.sorted(findings) + readers.flatMap { Findings.sorted($0.findings) }
        let hasErrors = all.contains { $0.severity == .error }
        return ComposeLoad(
            name: name ?? NodeNames.fromHost(folder.split(separator: "/").last.map(String.init) ?? ""), services: hasErrors ? [] : services,
            volumes: volumes, networks: networks, findings: Findings.limited(all, file: readers.first?.file ?? ""))
    }

    private mutating func checkVolumes(of spec: ServiceSpec, in file: Int) {
        for volume in spec.volumes {
            guard case .named(let name) = volume.source, !volumes.contains(name) else { continue }
            readers[file].report(
                "services.\(spec.name).volumes has '\(name)', which is not defined", fix: "add it at the top: volumes: { \(name): }",
                at: "services.\(spec.name).volumes")
        }
    }
}
