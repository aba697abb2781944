import AuroraModel

import struct Foundation.Data
import struct Foundation.Date
import struct Foundation.FileAttributeKey
import struct Foundation.FileAttributeType
import class Foundation.FileHandle
import class Foundation.FileManager
import struct Foundation.URL

/// The files of a folder of personalities, and what is known about each without reading it.
struct PersonalityFolder: Sendable {
    static let mostFiles = 256

    let path: String

    /// Changes whenever the file does, also when an editor replaces it by another of the same size in the same moment.
    struct Stamp: Sendable, Equatable {
        let modified: Date?
        let size: Int?
        let number: Int?
    }

    struct Listing: Sendable {
        /// By file name.
        var stamps: [String: Stamp] = [:]
        var findings: [Finding] = []
    }

    /// Every `*.md` file; nil when the folder cannot be read.
    func list() -> Listing? {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return nil }
        var files = names.filter { $0.hasSuffix(".md") && !$0.hasPrefix(".") }.sorted()
        var listing = Listing()
        if files.count > Self.mostFiles {
            listing.findings.append(
                Finding(
                    file: path, line: nil,
                    reason: "there are \(files.count) personalities; the last \(files.count - Self.mostFiles) are left out",
                    fix: "keep at most \(Self.mostFiles) files"))
            files.removeLast(files.count - Self.mostFiles)
        }
        for file in files { listing.stamps[file] = stamp(file) }
        return listing
    }

    func read(_ file: String) -> PersonalityFile {
        let id = String(file.dropLast(3))
        let place = "\(path)/\(file)"
        guard let bytes = bytes(of: place) else {
            return PersonalityFile(
                unreadable: Finding(
                    file: place, line: nil, reason: "the file cannot be read", fix: "make it a plain file that this user may read"))
        }
        return PersonalityFile(id: id, file: place, bytes: bytes)
    }

    /// At most one byte more than allowed, whatever the size of the file; nil for anything but a plain file.
    private func bytes(of place: String) -> [UInt8]? {
        let target = URL(filePath: place).resolvingSymlinksInPath().path
        guard (try? FileManager.default.attributesOfItem(atPath: target))?[.type] as? FileAttributeType == .typeRegular,
            let file = FileHandle(forReadingAtPath: target)
        else { return nil }
        defer { try? file.close() }
        do {
            return Array(try file.read(upToCount: PersonalityFile.largest + 1) ?? Data())
        } catch {
            return nil
        }
    }

    private func stamp(_ file: String) -> Stamp {
        let target = URL(filePath: "\(path)/\(file)").resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: target)
        return Stamp(
            modified: attributes?[.modificationDate] as? Date, size: (attributes?[.size] as? Int),
            number: attributes?[.systemFileNumber] as? Int)
    }
}
