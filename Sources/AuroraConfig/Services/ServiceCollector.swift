import AuroraModel
import Yams

/// The service that another one is laid over.
struct ExtendedService: Sendable, Equatable {
    var service: String
    /// Absolute path; nil for the same file.
    var file: String?
}

extension ValueType where Value == ExtendedService {
    /// `extends:`: a name, or a mapping with `service` and `file`.
    static var extended: Self {
        let expected = "the name of a service, or { service: name, file: ./other.yml }"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard case .mapping = node else { return ValueType<String>.template.read(node, &reader).map { ExtendedService(service: $0) } }
            var draft = ExtendedDraft()
            ExtendedDraft.schema.read(node, into: &draft, &reader, expected: expected)
            let file = draft.file.map { FilePaths.absolute($0, from: reader.folder, home: reader.home) }
            return draft.service.map { ExtendedService(service: $0, file: file) }
        }
        return Self(label: "text or mapping", expected: expected, read: read, show: { .text($0.service) })
    }
}

private struct ExtendedDraft {
    static let schema = Schema<ExtendedDraft>(fields: [
        Field("service", \.service, .template, isRequired: true, "Its name."),
        Field("file", \.file, .folderInside, "Its file; none: the same."),
    ])

    var service: String?
    var file: String?
}

/// Reads services together with what they extend, here and in other files. Each service is read once.
struct ServiceCollector {
    struct Named: Sendable {
        let name: String
        let line: Int
        let draft: ServiceDraft
    }

    /// The services of one file, unread.
    private struct Source {
        /// Absolute path; empty for the file that is being read.
        var path = ""
        var entries: [String: Reader.Entry] = [:]
        var document = YAMLDocument("", file: "")
    }

    private static let longestChain = 16

    private var sources: [String: Source] = [:]
    private var known: [String: ServiceDraft?] = [:]

    /// Every service of a mapping whose name can be one.
    mutating func drafts(_ node: Node, _ reader: inout Reader) -> [Named]? {
        guard let entries = reader.entries(node, expected: "a mapping of names: 'name: { image: … }'") else { return nil }
        let source = Source(entries: Dictionary(entries.map { ($0.key, $0) }) { first, _ in first })
        return entries.compactMap { entry in
            guard checkName(entry, &reader) else { return nil }
            return draft(of: entry.key, in: source, chain: [], &reader).map { Named(name: entry.key, line: entry.line, draft: $0) }
        }
    }

    private func checkName(_ entry: Reader.Entry, _ reader: inout Reader) -> Bool {
        let isName = NodeNames.isValid(entry.key)
        if !isName {
            reader.enter(entry.key.clipped, line: entry.line) {
                $0.report("'\(entry.key.clipped)' cannot be the name of a service", fix: "use \(NodeNames.expected)")
            }
        }
        return isName
    }

    private mutating func draft(of name: String, in source: Source, chain: [String], _ reader: inout Reader) -> ServiceDraft? {
        let key = "\(source.path)\u{0}\(name)"
        if let known = known[key] { return known }
        guard let entry = source.entries[name] else { return nil }
        reader.usedSecrets = []
        var own = ServiceDraft()
        reader.enter(name, line: entry.line) {
            ServiceDraft.schema.read(entry.value, into: &own, &$0, expected: ServiceDraft.expected)
        }
        own.usedSecrets = reader.usedSecrets
        let whole = own.extended.flatMap { extended in
            base(extended, of: name, in: source, chain: chain + [key], &reader).map { own.laid(over: $0) }
        }
        known[key] = .some(whole ?? own)
        return whole ?? own
    }

    /// What is extended; nil, reported, when it is not there or leads back.
    private mutating func base(
        _ extended: ExtendedService, of name: String, in source: Source, chain: [String], _ reader: inout Reader
    ) -> ServiceDraft? {
        let place = "\(reader.path).\(name).extends"
        var (source, elsewhere) = (source, nil as Reader?)
        if let file = extended.file {
            guard let other = self.source(at: file, place, &reader) else { return nil }
            source = other
            elsewhere = reader.reader(
                of: FilePaths.shown(file), folder: FilePaths.folder(of: file), repeatedKeys: other.document.repeatedKeys)
        }
        let key = "\(source.path)\u{0}\(extended.service)"
        guard source.entries[extended.service] != nil, !chain.contains(key), chain.count < Self.longestChain else {
            let isLoop = source.entries[extended.service] != nil
            let reason = isLoop ? "leads back to itself, or is extended too often" : "is not among the services of that file"
            reader.report(
                "\(place) names '\(extended.service.clipped)', which \(reason)", fix: "name a service that stands by itself", at: place)
            return nil
        }
        guard var other = elsewhere else { return draft(of: extended.service, in: source, chain: chain, &reader) }
        let draft = other.enter("services", line: nil) { self.draft(of: extended.service, in: source, chain: chain, &$0) }
        reader.absorb(other.findings)
        return draft
    }

    /// The services of another file.
    private mutating func source(at path: String, _ place: String, _ reader: inout Reader) -> Source? {
        if let known = sources[path] { return known }
        let shown = FilePaths.shown(path)
        guard case .text(let text) = TextFile.read(path, shown: shown) else {
            reader.report(
                "\(place) names the file '\(shown.clipped)', which cannot be read", fix: "correct the path, or the file's rights", at: place
            )
            return nil
        }
        var source = Source(path: path, document: YAMLDocument(text, file: shown))
        reader.absorb(source.document.findings)
        var other = reader.reader(of: shown, folder: FilePaths.folder(of: path), repeatedKeys: source.document.repeatedKeys)
        let services = source.document.root.flatMap { other.entries($0, expected: "a mapping") }?.first { $0.key == "services" }
        let entries = services.flatMap { other.entries($0.value, expected: "a mapping") } ?? []
        reader.absorb(other.findings)
        source.entries = Dictionary(entries.map { ($0.key, $0) }) { first, _ in first }
        sources[path] = source
        return source
    }
}
