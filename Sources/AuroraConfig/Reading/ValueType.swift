import Yams

/// One kind of value: how it is read from YAML, shown again, and described to people.
struct ValueType<Value: Sendable>: Sendable {
    /// One or two words for the reference, such as `duration`.
    let label: String
    /// Completes "use …" in a fix.
    let expected: String
    /// Reads the value, or reports what is wrong with it and answers nil.
    let read: @Sendable (Node, inout Reader) -> Value?
    /// The value as it would be written, secrets as `***`.
    let show: @Sendable (Value) -> Shown
    /// The options inside, for kinds that are mappings.
    var options: [OptionReference] = []
}

extension ValueType {
    /// A kind written as one scalar: `parse` answers nil for what it does not take, `words` are all it takes if they are few.
    static func scalar(
        _ label: String, expected: String, isText: Bool = true, words: [String] = [], show: @escaping @Sendable (Value) -> Shown,
        parse: @escaping @Sendable (String) -> Value?
    ) -> Self {
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard let scalar = reader.scalar(node, expected: expected) else { return nil }
            guard isText || !scalar.isQuoted || scalar.hasVariables else {
                reader.report("\(reader.path) is the text \"\(scalar.text.clipped)\"", fix: "use \(expected), without quotes")
                return nil
            }
            guard let value = parse(scalar.text) else {
                reader.refuse(scalar.text, expected: expected, words: words)
                return nil
            }
            return value
        }
        return Self(label: label, expected: expected, read: read, show: show)
    }

    /// The same kind under a further rule, which reports by itself and answers nil to refuse.
    func checked(_ check: @escaping @Sendable (Value, inout Reader) -> Value?) -> Self {
        let read = read
        var copy = Self(
            label: label, expected: expected,
            read: { node, reader in read(node, &reader).flatMap { check($0, &reader) } }, show: show)
        copy.options = options
        return copy
    }
}
