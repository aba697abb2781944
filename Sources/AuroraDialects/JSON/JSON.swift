/// A JSON value that keeps what other decoders lose: the order of keys and the spelling of numbers.
///
/// Arguments of tools and schemas must reach the other side in the order in which they were written; Foundation's
/// decoders give them back in any order and turn `0.70` into `0.7`. That is the reason for a type of our own.
public enum JSON: Sendable, Equatable {
    case null
    case bool(Bool)
    /// The number as it was written, for example `1.50e3`.
    case number(String)
    case string(String)
    case array([JSON])
    case object(JSONObject)
}

extension JSON {
    public static func int(_ value: some FixedWidthInteger) -> JSON { .number(String(value)) }

    /// Nothing but `null` can stand for a number that is not finite.
    public static func double(_ value: Double) -> JSON { value.isFinite ? .number(value.description) : .null }

    public var isNull: Bool { self == .null }

    public var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    public var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    public var array: [JSON]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    public var object: JSONObject? {
        guard case .object(let value) = self else { return nil }
        return value
    }

    /// The number as a double; nil when it is not a number or too large for one.
    public var double: Double? {
        guard case .number(let text) = self, let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The number as an integer, its fraction cut off; nil when it is not a number or out of range.
    public var int: Int? {
        guard case .number(let text) = self else { return nil }
        if let exact = Int(text) { return exact }
        return double.flatMap { Int(exactly: $0.rounded(.towardZero)) }
    }

    /// The member with that key; nil when there is none or this is not an object.
    public subscript(_ key: String) -> JSON? { object?[key] }

    /// The element at that place; nil when there is none or this is not an array.
    public subscript(_ index: Int) -> JSON? {
        guard let array, array.indices.contains(index) else { return nil }
        return array[index]
    }

    /// What kind of value it is, in words for an error text.
    public var kindInWords: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral {
    public init(stringLiteral value: String) { self = .string(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int) { self = .int(value) }
}

extension JSON: ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral {
    public init(arrayLiteral elements: JSON...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, JSON)...) { self = .object(JSONObject(elements)) }
}
