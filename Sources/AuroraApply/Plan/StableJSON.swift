import AuroraModel
import Foundation

/// JSON that is the same for the same value: keys in order, dates in ISO 8601.
enum StableJSON {
    static func bytes(of value: some Encodable, pretty: Bool = false) throws(AuroraError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted] : [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            throw AuroraError(.failed, "cannot write this as JSON: \(error.localizedDescription)", hint: "report this with the manifest")
        }
    }

    /// Nil when the bytes are no such value.
    static func value<Value: Decodable>(_ type: Value.Type = Value.self, from bytes: some Sequence<UInt8>) -> Value? {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try? decoder.decode(type, from: Data(bytes))
    }
}
