import AuroraModel
import Foundation

/// A text file that the operator wrote: UTF-8, of a sane size.
enum TextFile {
    enum Content {
        /// Without byte order mark, every line ended by `\n`.
        case text(String)
        case missing
        case wrong(Finding)
    }

    /// Largest file that is read, in bytes.
    static let limit = 1 << 20

    /// - Parameter shown: the path as findings name it.
    static func read(_ path: String, shown: String) -> Content {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .missing }
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let type = (try? FileManager.default.attributesOfItem(atPath: real))?[.type] as? FileAttributeType
        guard type == .typeRegular else {
            return wrong(shown, isFolder.boolValue ? "this is a folder" : "this is no regular file", fix: "name a text file")
        }
        do {
            let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: real))
            defer { try? handle.close() }
            return decode(try handle.read(upToCount: limit + 1) ?? Data(), shown: shown)
        } catch {
            return wrong(shown, "the file cannot be read: \(error.localizedDescription)", fix: "let the user who runs aurora read it")
        }
    }

    static func decode(_ data: Data, shown: String) -> Content {
        guard data.count <= limit else {
            return wrong(shown, "the file is larger than 1 MB", fix: "check that it is the right file; a manifest has a few KB")
        }
        let bytes = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let line = firstInvalidLine(bytes)
            return .wrong(Finding(file: shown, line: line, reason: "the file is not UTF-8 text", fix: "save it as UTF-8"))
        }
        return .text(text.contains("\r") || text.contains("\r\n") ? withPlainNewlines(text) : text)
    }

    private static func wrong(_ shown: String, _ reason: String, fix: String) -> Content {
        .wrong(Finding(file: shown, line: nil, reason: reason, fix: fix))
    }

    private static func withPlainNewlines(_ text: String) -> String {
        text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
    }

    private static func firstInvalidLine(_ bytes: Data) -> Int {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return (lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0) + 1
    }
}
