import Yams

/// The variables that a manifest refers to.
public enum UsedVariables {
    public struct Use: Sendable, Equatable {
        public let name: String
        /// The first option that uses it, such as `keep.database.url`.
        public let place: String
    }

    /// Each variable once, in the order in which the file first uses them. What stands in comments does not count.
    public static func used(in text: String) -> [Use] {
        guard let root = YAMLDocument(SourceText(text).content, file: "").root else { return [] }
        var seen: Set<String> = []
        return uses(in: root, at: "").filter { seen.insert($0.name).inserted }
    }

    private static func uses(in node: Node, at place: String) -> [Use] {
        switch node {
        case .scalar(let scalar): names(in: scalar.string).map { Use(name: $0, place: place) }
        case .mapping(let mapping):
            mapping.flatMap { key, value in uses(in: value, at: place.isEmpty ? key.string ?? "" : "\(place).\(key.string ?? "")") }
        case .sequence(let sequence): sequence.enumerated().flatMap { index, value in uses(in: value, at: "\(place)[\(index)]") }
        case .alias: []
        }
    }

    /// Names behind a dollar sign, with or without braces; those inside the default of another count too.
    static func names(in text: String) -> [String] {
        var names: [String] = []
        var rest = Array(text.utf8)[...]
        while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
            rest = rest[(dollar + 1)...]
            if rest.first == UInt8(ascii: "$") {
                rest = rest.dropFirst()
                continue
            }
            if rest.first == UInt8(ascii: "{") { rest = rest.dropFirst() }
            let name = rest.prefix { $0.continuesName }
            if name.first?.startsName == true { names.append(String(decoding: name, as: UTF8.self)) }
            rest = rest[name.endIndex...]
        }
        return names
    }
}
