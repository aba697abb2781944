import Yams

/// The options of one mapping. Known keys, reading, defaults, rendering and the reference all follow from this list.
struct Schema<Root: Sendable>: Sendable {
    let fields: [Field<Root>]
    /// Keys that a later version has, with what this one lacks.
    var absent: [String: String] = [:]
    /// Keys that others know and this product does not do, with the reason and what to write instead.
    var refused: [String: (reason: String, fix: String)] = [:]
    /// Keys that change nothing here, with the reason.
    var ignored: [String: String] = [:]
    /// Keys passed over, for anchors that are used elsewhere.
    var allowsExtensions = false

    /// Reads the entries of `node` into `root`; unknown keys, missing ones and wrong values become findings.
    func read(_ node: Node, into root: inout Root, _ reader: inout Reader, expected: String) {
        guard let entries = reader.entries(node, expected: expected) else { return }
        for entry in entries where !(allowsExtensions && entry.key.hasPrefix("x-")) {
            guard let field = fields.first(where: { $0.key == entry.key }) else {
                reader.enter(entry.key.clipped, line: entry.line) { [path = reader.path] in refuse(entry.key, in: path, &$0) }
                continue
            }
            reader.enter(entry.key, line: entry.line) { reader in
                if let tag = entry.value.mergeTag {
                    reader.report(
                        "\(reader.path) has the tag '\(tag)', which is not supported", fix: "remove it, and write the whole value here")
                } else {
                    field.read(entry.value, &root, &reader)
                }
            }
        }
        for field in fields where field.isRequired && !entries.contains(where: { $0.key == field.key }) {
            reader.report("\(reader.path) has no '\(field.key)'", fix: "add '\(field.key)': \(field.expected)")
        }
    }

    /// Every option with its value, in the order of the list; what has no value is left out.
    func show(_ root: Root) -> Shown {
        .mapping(fields.compactMap { field in field.show(root).map { (field.key, $0) } })
    }

    private func refuse(_ key: String, in path: String, _ reader: inout Reader) {
        if let reason = ignored[key] {
            reader.warn("\(reader.path) has no effect: \(reason)", fix: "remove it, if the file is for Aurora alone")
            return
        }
        if let refusal = refused[key] {
            reader.report("\(reader.path) is not supported: \(refusal.reason)", fix: refusal.fix)
            return
        }
        if let lack = absent[key] {
            reader.report(
                "'\(key)' is not in this version of Aurora: \(lack)", fix: "remove '\(key)', or put it back once a version has it")
            return
        }
        let known = fields.map(\.key)
        let guess = nearest(to: key, in: known).map { "did you mean '\($0)'? " } ?? ""
        let owner = path.isEmpty ? "the manifest" : path
        reader.report("\(owner) has no option '\(key.clipped)'", fix: "\(guess)known here: \(known.joined(separator: ", "))")
    }
}

/// One option of a mapping: its key, where its value goes, its type and its description.
struct Field<Root: Sendable>: Sendable {
    let key: String
    let summary: String
    let isRequired: Bool
    let expected: String
    let reference: @Sendable (Root) -> OptionReference
    let read: @Sendable (Node, inout Root, inout Reader) -> Void
    let show: @Sendable (Root) -> Shown?

    /// An option with a default, which stands in the root it is read into.
    init<Value: Sendable>(
        _ key: String, _ path: any WritableKeyPath<Root, Value> & Sendable, _ type: ValueType<Value>, _ summary: String
    ) {
        self.init(key, type, summary, isRequired: false, set: { $0[keyPath: path] = $1 }, get: { $0[keyPath: path] })
    }

    /// An option without a default.
    init<Value: Sendable>(
        _ key: String, _ path: any WritableKeyPath<Root, Value?> & Sendable, _ type: ValueType<Value>, isRequired: Bool = false,
        _ summary: String
    ) {
        self.init(key, type, summary, isRequired: isRequired, set: { $0[keyPath: path] = $1 }, get: { $0[keyPath: path] })
    }

    private init<Value: Sendable>(
        _ key: String, _ type: ValueType<Value>, _ summary: String, isRequired: Bool,
        set: @escaping @Sendable (inout Root, Value) -> Void, get: @escaping @Sendable (Root) -> Value?
    ) {
        self.key = key
        self.summary = summary
        self.isRequired = isRequired
        expected = type.expected
        read = { node, root, reader in
            if let value = type.read(node, &reader) { set(&root, value) }
        }
        show = { root in get(root).map(type.show) }
        reference = { root in
            let standard = isRequired ? "required" : get(root).map { type.show($0).flow } ?? "none"
            return OptionReference(key: key, type: type.label, standard: standard, summary: summary, options: type.options)
        }
    }
}

/// What the reference says about one option.
struct OptionReference: Sendable {
    let key: String
    let type: String
    /// The default as it would be written, `required` or `none`.
    let standard: String
    let summary: String
    let options: [OptionReference]
}

extension Node {
    /// A tag by which compose files steer how they are laid over one another.
    fileprivate var mergeTag: String? {
        let tag: Tag? =
            switch self {
            case .scalar(let scalar): scalar.tag
            case .mapping(let mapping): mapping.tag
            case .sequence(let sequence): sequence.tag
            case .alias: nil
            }
        return tag.map(String.init(describing:)).flatMap { ["!reset", "!override"].contains($0) ? $0 : nil }
    }
}
