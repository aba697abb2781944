/// The members of a JSON object, in the order in which they were written.
///
/// Look-ups are linear: the objects of our wires have few members, and order matters more than speed.
public struct JSONObject: Sendable, Equatable {
    public struct Member: Sendable, Equatable {
        public let key: String
        public var value: JSON

        public init(_ key: String, _ value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// May hold one key twice, as a document may; the last one counts.
    public private(set) var members: [Member]

    public init(members: [Member] = []) {
        self.members = members
    }

    public init(_ pairs: [(String, JSON)]) {
        members = pairs.map { Member($0.0, $0.1) }
    }

    public var isEmpty: Bool { members.isEmpty }

    /// Setting keeps the place of a key that is there and appends a new one; setting nil removes it.
    public subscript(_ key: String) -> JSON? {
        get { members.last { $0.key == key }?.value }
        set {
            guard let newValue else { return members.removeAll { $0.key == key } }
            guard let place = members.lastIndex(where: { $0.key == key }) else { return append(key, newValue) }
            members[place].value = newValue
        }
    }

    /// Adds a member at the end without looking whether the key is there.
    public mutating func append(_ key: String, _ value: JSON) {
        members.append(Member(key, value))
    }

    /// Adds a member at the end when there is a value.
    public mutating func append(_ key: String, _ value: JSON?) {
        if let value { members.append(Member(key, value)) }
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
