/// Reads the fields of a request and says which one is of the wrong type. `null` counts as absent, as in Ollama.
struct Fields {
    let object: JSONObject
    /// Stands before a field's name in error texts: empty or `messages[2].`.
    let path: String

    init(_ object: JSONObject, path: String = "") {
        self.object = object
        self.path = path
    }

    /// The members of `value`, which must be an object; `name` says which one it is.
    init(_ value: JSON, name: String) throws(DialectError) {
        guard let object = value.object else { throw .invalid("'\(name)' must be an object, not \(value.kindInWords)") }
        self.init(object, path: name + ".")
    }

    subscript(_ key: String) -> JSON? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }

    func string(_ key: String) throws(DialectError) -> String? { try read(key, "a string", \.string) }

    func bool(_ key: String) throws(DialectError) -> Bool? { try read(key, "true or false", \.bool) }

    func int(_ key: String) throws(DialectError) -> Int? { try read(key, "an integer", \.int) }

    /// As it was written.
    func number(_ key: String) throws(DialectError) -> JSON? {
        try read(key, "a number") { value in value.double.map { _ in value } }
    }

    func array(_ key: String) throws(DialectError) -> [JSON]? { try read(key, "an array", \.array) }

    func object(_ key: String) throws(DialectError) -> JSONObject? { try read(key, "an object", \.object) }

    private func read<Value>(_ key: String, _ expected: String, _ value: (JSON) -> Value?) throws(DialectError) -> Value? {
        guard let found = self[key] else { return nil }
        guard let typed = value(found) else { throw .invalid("'\(path)\(key)' must be \(expected), not \(found.kindInWords)") }
        return typed
    }
}
