import AuroraDialects

/// Reads the fields of one JSON object and collects everything that is wrong with them. `null` counts as absent.
struct TaskFields {
    private let object: JSONObject
    /// What stands before a field's name in findings: empty or `payload.`.
    private let prefix: String
    private(set) var findings: [TaskFinding] = []

    init(_ object: JSONObject, prefix: String = "") {
        self.object = object
        self.prefix = prefix
    }

    subscript(_ key: String) -> JSON? { object[key].flatMap { $0.isNull ? nil : $0 } }

    mutating func report(_ key: String, _ reason: String, fix: String) {
        findings.append(TaskFinding(field: prefix + key, reason: "'\(prefix)\(key)' \(reason)", fix: fix))
    }

    mutating func refuseUnknown(known: [String]) {
        for member in object.members where !known.contains(member.key) {
            let near = NearestNames.of(member.key, in: known, limit: 1).first.map { "did you mean '\($0)'? " } ?? ""
            report(String(member.key.prefix(64)), "is no field here", fix: near + "known: \(known.joined(separator: ", "))")
        }
    }

    /// A text of 1 to `limit` bytes.
    mutating func text(_ key: String, limit: Int = 255) -> String? {
        guard let value = self[key] else { return nil }
        guard let text = value.string, !text.isEmpty, text.utf8.count <= limit, !text.utf8.contains(0) else {
            report(key, "is \(value.shown)", fix: "use a text of 1 to \(limit) bytes")
            return nil
        }
        return text
    }

    mutating func flag(_ key: String) -> Bool? {
        guard let value = self[key] else { return nil }
        if value.bool == nil { report(key, "is \(value.shown)", fix: "use true or false, without quotes") }
        return value.bool
    }

    mutating func number(_ key: String, in range: ClosedRange<Double>, unit: String = "") -> Double? {
        guard let value = self[key] else { return nil }
        guard let number = value.double, range.contains(number) else {
            report(
                key, "is \(value.shown)", fix: "use a number from \(Self.plain(range.lowerBound)) to \(Self.plain(range.upperBound))\(unit)"
            )
            return nil
        }
        return number
    }

    mutating func whole(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = self[key] else { return nil }
        guard let number = value.double, let whole = Int(exactly: number), range.contains(whole) else {
            report(key, "is \(value.shown)", fix: "use a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return whole
    }

    mutating func object(_ key: String) -> JSONObject? {
        guard let value = self[key] else { return nil }
        if value.object == nil { report(key, "is \(value.shown)", fix: "use an object: { … }") }
        return value.object
    }

    /// Takes over what was found in an object inside this one.
    mutating func take(_ findings: [TaskFinding]) { self.findings += findings }

    private static func plain(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}

extension JSON {
    /// The value as an error shows it.
    var shown: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): String(text.prefix(64))
        case .string(let text): "'\(text.prefix(64))'"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// The same value with the keys of every object in order: what two requests have in common that ask for the same.
    var ordered: JSON {
        switch self {
        case .array(let elements): .array(elements.map(\.ordered))
        case .object(let object):
            .object(JSONObject(members: object.members.sorted { $0.key < $1.key }.map { .init($0.key, $0.value.ordered) }))
        default: self
        }
    }
}
