import AuroraModel
import Yams

/// What the operator wrote for one thing of a collection, before it is known to be whole.
protocol Draft: Sendable {
    associatedtype Built: Sendable

    static var schema: Schema<Self> { get }
    /// What one of them is called in findings, such as "a node".
    static var noun: String { get }

    init()
    init(_ built: Built)
    /// The finished value; nil if something is missing, which the reader then has reported or this reports.
    func built(name: String, _ reader: inout Reader) -> Built?
    /// The name under which it is shown again.
    static func name(of built: Built) -> String
}

extension Draft {
    fileprivate static var expected: String { "\(noun) as a mapping: { \(schema.fields.map { "\($0.key): …" }.joined(separator: ", ")) }" }

    fileprivate static func read(_ node: Node, name: String, _ reader: inout Reader) -> Built? {
        var draft = Self()
        schema.read(node, into: &draft, &reader, expected: expected)
        return draft.built(name: name, &reader)
    }

    fileprivate static var options: [OptionReference] { schema.fields.map { $0.reference(Self()) } }
}

extension ValueType {
    /// A mapping of names to things: `nodes: { a: {…}, b: {…} }`.
    /// - Parameter models: whether the names are those of models, which may hold more signs.
    static func named<D: Draft>(_: D.Type, models: Bool = false) -> Self where Value == [D.Built] {
        let expected = "a mapping of names: 'name: { … }'"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            reader.entries(node, expected: expected)?.compactMap { entry in
                reader.enter(entry.key.clipped, line: entry.line) { reader in
                    guard models ? ModelNames.isValid(entry.key) : NodeNames.isValid(entry.key) else {
                        let expected = models ? ModelNames.expected : NodeNames.expected
                        reader.report("'\(entry.key.clipped)' cannot be the name of \(D.noun)", fix: "use \(expected)")
                        return nil
                    }
                    return D.read(entry.value, name: entry.key, &reader)
                }
            }
        }
        return Self(
            label: "mapping of names", expected: expected, read: read,
            show: { .mapping($0.map { (D.name(of: $0), D.schema.show(D($0))) }) }, options: D.options)
    }

    /// A list of things: `tokens: [ {…}, {…} ]`.
    static func list<D: Draft>(of _: D.Type) -> Self where Value == [D.Built] {
        let expected = "a list of mappings: [ { … }, { … } ]"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            reader.elements(node, expected: expected)?.enumerated().compactMap { index, element in
                reader.enter("[\(index)]", line: element.line) { D.read(element, name: "", &$0) }
            }
        }
        return Self(
            label: "list", expected: expected, read: read, show: { .list($0.map { D.schema.show(D($0)) }) }, options: D.options)
    }

    /// A list of values of one type: `listen: [ 127.0.0.1, 10.0.0.1 ]`; nil if any of them is wrong.
    static func list<Element: Sendable>(_ element: ValueType<Element>) -> Self where Value == [Element] {
        let expected = "a list: [ … ], each \(element.expected)"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard let nodes = reader.elements(node, expected: expected) else { return nil }
            let values = nodes.enumerated().compactMap { index, node in
                reader.enter("[\(index)]", line: node.line) { element.read(node, &$0) }
            }
            return values.count == nodes.count ? values : nil
        }
        return Self(label: "list: \(element.label)", expected: expected, read: read, show: { .list($0.map(element.show)) })
    }

    /// A mapping with its own fixed options: `ports: { gateway: 8001 }`. What is not written keeps its default.
    static func section(_ schema: Schema<Value>, defaults: Value) -> Self {
        let expected = "a mapping of \(schema.fields.map(\.key).joined(separator: ", "))"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            var value = defaults
            schema.read(node, into: &value, &reader, expected: expected)
            return value
        }
        return Self(
            label: "mapping", expected: expected, read: read, show: schema.show, options: schema.fields.map { $0.reference(defaults) })
    }
}
