import AuroraModel
import Foundation

/// The place after a conversation in a list ordered by `updatedAt`, then `id`, both falling.
///
/// It names a value and not a row number, so conversations that come or go do not shift the pages behind it.
struct ConversationCursor: Equatable {
    let updatedAt: Int64
    let id: String

    /// Opaque for clients: base64url without padding.
    var text: String {
        Data("\(updatedAt).\(id)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    init(updatedAt: Int64, id: String) {
        self.updatedAt = updatedAt
        self.id = id
    }

    init(_ text: String) throws(AuroraError) {
        guard let plain = Self.decoded(text), let dot = plain.utf8.firstIndex(of: UInt8(ascii: ".")), let updatedAt = Int64(plain[..<dot])
        else {
            throw AuroraError(
                .invalid, "'\(text.prefix(64))' is not a page of this list",
                hint: "pass back the 'next' of the page before, or leave it out to start with the newest")
        }
        self.init(updatedAt: updatedAt, id: String(plain[plain.utf8.index(after: dot)...]))
    }

    private static func decoded(_ text: String) -> String? {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        return Data(base64Encoded: base64 + padding).flatMap { String(data: $0, encoding: .utf8) }
    }
}
