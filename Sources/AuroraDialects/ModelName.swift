public import AuroraModel

/// A model's name on Ollama's wire: `[host/][namespace/]model[:tag]`, with defaults for all but the model.
///
/// `llama3`, `llama3:latest`, `library/llama3` and `registry.ollama.ai/library/Llama3:LATEST` are one model.
public struct ModelName: Sendable, Hashable {
    public static let defaultHost = "registry.ollama.ai"
    public static let defaultNamespace = "library"
    public static let defaultTag = "latest"

    public let host: String
    public let namespace: String
    public let model: String
    public let tag: String

    public init(_ text: String) {
        var rest = Substring(text)
        if let scheme = rest.firstRange(of: "://") { rest = rest[scheme.upperBound...] }
        let slash = rest.lastIndex(of: "/") ?? rest.startIndex
        if let colon = rest[slash...].lastIndex(of: ":") {
            let tag = rest[rest.index(after: colon)...]
            self.tag = tag.isEmpty ? Self.defaultTag : String(tag)
            rest = rest[..<colon]
        } else {
            tag = Self.defaultTag
        }
        let parts = rest.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        model = parts.last ?? ""
        namespace = parts.count > 1 ? parts[parts.count - 2] : Self.defaultNamespace
        host = parts.count > 2 ? parts[0] : Self.defaultHost
    }

    /// The name as Ollama lists it: without the default host and namespace, always with the tag.
    public var short: String {
        if host.lowercased() != Self.defaultHost { return "\(host)/\(namespace)/\(model):\(tag)" }
        if namespace.lowercased() != Self.defaultNamespace { return "\(namespace)/\(model):\(tag)" }
        return "\(model):\(tag)"
    }

    /// The same text for all names of one model.
    public var key: String { short.lowercased() }

    public static func == (left: ModelName, right: ModelName) -> Bool { left.key == right.key }

    public func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension ModelName {
    /// Which of an engine's models is meant by `requested`; nil when it has none of that name.
    ///
    /// An Ollama engine compares normalised names. An OpenAI-compatible one compares exactly, and then forgives what clients
    /// and servers add: a `:latest` on either side, the folder and `.gguf` of a llama.cpp model.
    public static func match(_ requested: String, in available: [String], kind: EngineKind) -> String? {
        if available.contains(requested) { return requested }
        if kind == .ollama {
            let key = ModelName(requested).key
            return available.first { ModelName($0).key == key }
        }
        let untagged = withoutLatest(requested)
        guard !untagged.isEmpty else { return nil }
        return available.first { withoutLatest($0) == untagged } ?? available.first { fileNames(of: $0).contains(untagged) }
    }

    /// The name without the tag that means the same as none.
    private static func withoutLatest(_ name: String) -> String {
        name.lowercased().hasSuffix(":latest") ? String(name.dropLast(":latest".count)) : name
    }

    /// For the id of a GGUF file: its name without the folder, with and without the ending. For other ids nothing.
    private static func fileNames(of id: String) -> [String] {
        guard id.lowercased().hasSuffix(".gguf") else { return [] }
        let file = id.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last.map(String.init) ?? id
        return [file, String(file.dropLast(".gguf".count))]
    }
}
