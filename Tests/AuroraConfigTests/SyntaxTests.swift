import AuroraConfig
import AuroraModel
import Foundation
import Testing

/// What is no YAML ends in one finding at the line of the mistake.
@Suite struct SyntaxTests {
    @Test(arguments: [
        ("mesh aurora\nnodes: {}\n", 1, "this line has no ': ' behind its key", "write 'key: value'"),
        ("mesh: a\nnodes\n\n# here\n  a: {}\n", 2, "this line has no ': ' behind its key", "write 'key: value'"),
        ("mesh: a\nnodes\n", 2, "this line has no ': ' behind its key", "write 'key: value'"),
        ("mesh: a\nnodes:\n\ta: {}\n", 3, "the line is indented with a tab", "indent with spaces"),
        (
            "mesh: a: b\n", 1, "a ': ' stands where no new key may start",
            "put the value in double quotes, or indent the line like its neighbours"
        ),
        (
            "nodes:\n  a: {}\n b: {}\n", 3, "this line is indented neither like its neighbours nor like a part of them",
            "indent parts of the same thing by the same number of spaces"
        ),
        (
            "nodes: { a: {}\nmesh: a\n", 1, "a '{' or '[' that opens here is not closed, or a comma is missing",
            "close it, separate the parts by ', ' and quote values with '{', '}' or ','"
        ),
        ("mesh: \"abc\nports: {}\n", 1, "a quote that opens here is never closed", "close the quote"),
        (
            "mesh: a\n---\nmesh: b\n", 2, "the file holds more than one YAML document",
            "keep one document: remove the '---' lines and what does not belong"
        ),
        (
            "mesh: *nobody\n", 1, "'*name' repeats a value that no '&name' before it has named",
            "define it above with '&name', or quote a text that starts with '*'"
        ),
        ("mesh: @home\n", 1, "a value starts with a character that YAML reserves", "put the value in double quotes"),
        (
            "ports: { gateway: ${PORT} }\n", 1, "a '{' or '[' that opens here is not closed, or a comma is missing",
            "close it, separate the parts by ', ' and quote values with '{', '}' or ','"
        ),
        (
            "mesh: a\nnodes: \u{0}\n", 2, "the file has a character that YAML does not allow (control characters are not allowed)",
            "save the file as plain UTF-8 text without control characters"
        ),
    ])
    func aSyntaxErrorNamesItsLineAndWhatToDo(_ yaml: String, _ line: Int, _ reason: String, _ fix: String) throws {
        #expect(try words(yaml) == ["aurora.yml:\(line): error: \(reason)\n  fix: \(fix)"])
    }

    @Test func aFileThatIsNoTextIsRefused() throws {
        let scratch = try Scratch()
        try scratch.write("aurora.yml", Data("mesh: a\nnodes: ".utf8) + [0xFF, 0xFE])
        #expect(loadWords(scratch.path) == ["aurora.yml:2: error: the file is not UTF-8 text\n  fix: save it as UTF-8"])
    }

    @Test func aFileOfMoreThanAMegabyteIsRefused() throws {
        let scratch = try Scratch()
        try scratch.write("aurora.yml", String(repeating: "#", count: (1 << 20) + 1))
        #expect(
            loadWords(scratch.path) == [
                "aurora.yml: error: the file is larger than 1 MB\n  fix: check that it is the right file; a manifest has a few KB"
            ])
    }

    @Test func aFolderInPlaceOfTheManifestIsRefused() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/aurora.yml", withIntermediateDirectories: false)
        #expect(loadWords(scratch.path) == ["aurora.yml: error: this is a folder\n  fix: name a text file"])
    }

    @Test func anEndlessFileIsRefused() {
        let load = ManifestLoader.load(path: "/dev/zero", folder: "/", environment: [:], host: "a")
        #expect(load.findings.map(\.reason) == ["this is no regular file"])
    }

    @Test func explodingAliasesEndInOneFinding() throws {
        var yaml = "x-a0: &a0 [ lol, lol, lol, lol, lol, lol, lol, lol, lol ]\n"
        for level in 1...30 {
            yaml += "x-a\(level): &a\(level) [ \(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")) ]\n"
        }
        let findings = try load(yaml).findings
        #expect(findings.map(\.reason) == ["the file holds more than 100000 values, aliases written out"])
    }

    @Test func explodingAliasesAsKeysEndInOneFinding() throws {
        var yaml = "x-a0: &a0 [ lol ]\n"
        for level in 1...30 { yaml += "x-a\(level): &a\(level) { ? [ *a\(level - 1), *a\(level - 1) ] : b }\n" }
        #expect(try load(yaml).findings.map(\.description) == [Self.keys(line: 2)])
        #expect(try load(String(repeating: "? ", count: 500) + "a").findings.map(\.description) == [Self.keys(line: 1)])
    }

    private static func keys(line: Int) -> String {
        "aurora.yml:\(line): error: this file uses lists, mappings or aliases as keys\n  fix: use plain words as keys: 'name: value'"
    }

    @Test(arguments: ["[", "{", "- ", "{a: ", "[{a: "])
    func deepNestingEndsInOneFinding(_ piece: String) throws {
        for count in [2000, 100_000] {
            let findings = try load("mesh: a\nx-deep:\n  " + String(repeating: piece, count: count)).findings
            #expect(findings.count == 1)
        }
    }

    @Test func aKeyRepeatedWithoutEndEndsInOneFinding() throws {
        for yaml in [String(repeating: "mesh: a\n", count: 2000), "nodes: {\(String(repeating: "a: {}, ", count: 2000))}"] {
            let findings = try load(yaml).findings
            #expect(findings.count == 1)
            #expect(findings[0].reason.hasSuffix("is written more than once in one mapping"))
        }
    }

    @Test func thousandsOfFindingsAreCutShort() throws {
        let yaml = (0..<5000).map { "unknown\($0): 1\n" }.joined()
        let load = try load(yaml)
        #expect(load.manifest == nil)
        #expect(load.findings.count == 101)
        #expect(load.findings.last?.reason == "there are 4900 findings more")
    }

    private func loadWords(_ folder: String) -> [String] {
        ManifestLoader.load(path: "aurora.yml", folder: folder, environment: [:], host: "a").findings.map(\.description)
    }
}
