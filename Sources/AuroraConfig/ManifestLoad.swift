public import AuroraModel
import Yams

/// What came of reading a manifest.
public struct ManifestLoad: Sendable {
    /// Nil if any finding is an error.
    public let manifest: Manifest?
    /// Errors and warnings of the manifest and its `.env`, by file and line.
    public let findings: [Finding]
}

/// Reads `aurora.yml` and the `.env` beside it, and reports everything that is wrong in one run.
public enum ManifestLoader {
    /// - Parameters:
    ///   - path: the manifest; nil takes `aurora.yml` in `folder` if it exists, and defaults if not.
    ///   - folder: where relative paths start.
    ///   - environment: the process environment; wins over `.env`.
    ///   - host: the name of this machine.
    public static func load(path: String?, folder: String, environment: [String: String], host: String) -> ManifestLoad {
        let file = FilePaths.absolute(path ?? "aurora.yml", from: folder, home: environment["HOME"])
        let shown = path ?? FilePaths.shown(file)
        let text: String
        switch (TextFile.read(file, shown: shown), path) {
        case (.text(let content), _): text = content
        case (.missing, nil):
            return load("", source: nil, file: shown, folder: folder, environment: environment, host: host)
        case (.missing, .some):
            let fix = "check the path, or write a manifest with: aurora init"
            return ManifestLoad(manifest: nil, findings: [Finding(file: shown, line: nil, reason: "there is no such file", fix: fix)])
        case (.wrong(let finding), _): return ManifestLoad(manifest: nil, findings: [finding])
        }
        return load(text, source: file, file: shown, folder: FilePaths.folder(of: file), environment: environment, host: host)
    }

    private static func load(
        _ text: String, source: String?, file: String, folder: String, environment: [String: String], host: String
    ) -> ManifestLoad {
        let (variables, envFindings) = ManifestVariables.read(beside: file, in: folder, environment: environment)
        let document = YAMLDocument(text, file: file)
        var reader = Reader(file: file, folder: folder, variables: variables, repeatedKeys: document.repeatedKeys)
        var manifest = Manifest.defaults(host: host)
        manifest.source = source
        if let root = document.root { read(root, into: &manifest, &reader) }
        if document.findings.isEmpty || document.root != nil {
            ManifestChecks.run(manifest, &reader)
            let node = ThisNode.find(in: manifest.nodes, host: host, named: variables.values[ThisNode.variable], &reader)
            manifest.thisNode = node ?? manifest.thisNode
            NodeChecks.finish(&manifest, &reader)
        }
        manifest.engines += manifest.keep.compactMap(\.engine)
        let findings = Findings.sorted(envFindings) + Findings.sorted(document.findings + reader.findings)
        let isRunnable = !findings.contains { $0.severity == .error }
        return ManifestLoad(manifest: isRunnable ? manifest : nil, findings: Findings.limited(findings, file: file))
    }

    private static func read(_ root: Node, into manifest: inout Manifest, _ reader: inout Reader) {
        ManifestSchema.root.read(root, into: &manifest, &reader, expected: "a mapping: lines such as 'mesh: aurora'")
    }
}

/// Puts findings in the order in which a person works through them.
enum Findings {
    private static let limit = 100

    static func sorted(_ findings: [Finding]) -> [Finding] {
        var order = findings.enumerated().map { (index: $0.offset, finding: $0.element) }
        order.sort { ($0.finding.line ?? 0, $0.index) < ($1.finding.line ?? 0, $1.index) }
        var seen: Set<String> = []
        return order.map(\.finding).filter { seen.insert($0.description).inserted }
    }

    /// Nobody reads thousands; the errors come before warnings are cut off.
    static func limited(_ findings: [Finding], file: String) -> [Finding] {
        guard findings.count > limit else { return findings }
        let more = Finding(
            file: file, line: nil, reason: "there are \(findings.count - limit) findings more", fix: "mend these first, then check again")
        return findings.prefix(limit) + [more]
    }
}
