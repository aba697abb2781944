import AuroraLive
import AuroraModel
import Foundation
import Testing

@Suite final class EditedFileTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    deinit { scratch.remove() }

    private var path: String { "\(scratch.path)/aurora.yml" }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted() }

    @Test func theContentIsReplacedAndTheModeKept() throws {
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let file = try EditedFile(path)
        #expect(file.bytes == Array("old".utf8))
        try file.replace(with: Array("new".utf8))
        #expect(try text(path) == "new")
        #expect(try mode(path) == 0o640)
        #expect(try names() == ["aurora.yml"])
    }

    @Test func aNewFileGetsTheModeAskedFor() throws {
        let file = try EditedFile(path)
        #expect(file.bytes == nil)
        try file.replace(with: Array("new".utf8), mode: 0o644)
        #expect(try text(path) == "new")
        #expect(try mode(path) == 0o644)
        #expect(try names() == ["aurora.yml"])
    }

    @Test func aFileThatSomebodyElseChangedIsLeftAsTheyLeftIt() throws {
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        let file = try EditedFile(path)
        for theirs in ["theirs", "odd", ""] {
            try Data(theirs.utf8).write(to: URL(fileURLWithPath: path))
            let error = try #require(throws: AuroraError.self) { try file.replace(with: Array("new".utf8)) }
            #expect(error.code == .refused)
            #expect(error.message == "'\(file.path)' was changed by somebody else meanwhile")
            #expect(try text(path) == theirs)
        }
        #expect(try names() == ["aurora.yml"])
    }

    @Test func aFileThatSomebodyElseMadeMeanwhileIsNotReplaced() throws {
        let file = try EditedFile(path)
        try Data("theirs".utf8).write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: AuroraError.self) { try file.replace(with: Array("new".utf8)) }
        #expect(error.code == .refused)
        #expect(try text(path) == "theirs")
        #expect(try names() == ["aurora.yml"])
    }

    @Test func aLinkStaysALink() throws {
        let real = "\(scratch.path)/real.yml"
        try Data("old".utf8).write(to: URL(fileURLWithPath: real))
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "real.yml")
        try EditedFile(path).replace(with: Array("new".utf8))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: path) == "real.yml")
        #expect(try text(real) == "new")
    }

    @Test func whatIsNoFileOrTooLargeIsRefused() throws {
        #expect(throws: AuroraError.self) { try EditedFile(scratch.path) }
        try Data(count: 11).write(to: URL(fileURLWithPath: path))
        let error = try #require(throws: AuroraError.self) { try EditedFile(path, limit: 10) }
        #expect(error.message.hasSuffix("is larger than 10 bytes"))
    }

    @Test func aFolderThatIsNotThereIsAnError() throws {
        let file = try EditedFile("\(scratch.path)/none/aurora.yml")
        let error = try #require(throws: AuroraError.self) { try file.replace(with: []) }
        #expect(error.message.hasPrefix("cannot write '"))
    }
}
