import AuroraDialects
import AuroraModel
import NIOCore

/// The fields of a JSON object that somebody sent, read with errors that name field and value. `null` counts as absent.
struct Fields: Sendable {
    let object: JSONObject

    /// `what` is what the object is called in errors: `the body`, `the message`.
    init(parsing buffer: ByteBuffer, what: String) throws {
        let json: JSON
        do {
            json = try JSON(parsing: buffer)
        } catch {
            let start = String(decoding: buffer.readableBytesView.prefix(240), as: UTF8.self).shortened
            throw AuroraError(.invalid, "\(what) is not JSON: \(error); it begins with '\(start)'", hint: "send a JSON object")
        }
        guard let object = json.object else {
            throw AuroraError(.invalid, "\(what) is \(json.shown), not a JSON object", hint: "send a JSON object")
        }
        self.object = object
    }

    func text(_ key: String) throws -> String? {
        guard let value = present(key) else { return nil }
        guard let text = value.string else {
            throw AuroraError(.invalid, "field '\(key)' is \(value.shown), not a string", hint: "put the value in quotes")
        }
        return text
    }

    func flag(_ key: String) throws -> Bool? {
        guard let value = present(key) else { return nil }
        guard let flag = value.bool else {
            throw AuroraError(.invalid, "field '\(key)' is \(value.shown), not true or false", hint: "use true or false, without quotes")
        }
        return flag
    }

    func requiredText(_ key: String) throws -> String {
        guard let text = try text(key) else {
            throw AuroraError(.invalid, "field '\(key)' is missing", hint: "send {\"\(key)\": \"…\"}")
        }
        return text
    }

    private func present(_ key: String) -> JSON? {
        guard let value = object[key], !value.isNull else { return nil }
        return value
    }
}

extension JSON {
    /// The value as an error shows it.
    var shown: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): text.shortened
        case .string(let text): "'\(text.shortened)'"
        case .array: "a list"
        case .object: "an object"
        }
    }

    init(_ text: String?) { self = text.map(JSON.string) ?? .null }
}
