import AuroraModel
import Testing

@testable import AuroraChat

struct PersonalityFileTests {
    private func parse(_ text: String, id: String = "robbie") -> PersonalityFile {
        PersonalityFile(id: id, file: "\(id).md", bytes: Array(text.utf8))
    }

    @Test func readsAllThatAFileCanSay() {
        let file = parse(
            """
            ---
            name: Robbie
            description: "Short: and kind"
            model: qwen2.5:7b
            temperature: 0.4
            max_tokens: 500
            context: 8192
            ---

            You are Robbie.

            Be kind.

            """)
        #expect(file.findings.isEmpty)
        #expect(
            file.personality
                == Personality(
                    id: "robbie", name: "Robbie", description: "Short: and kind", model: "qwen2.5:7b", temperature: 0.4, maxTokens: 500,
                    context: 8192, systemPrompt: "You are Robbie.\n\nBe kind."))
    }

    @Test(arguments: ["---\n---\nHi", "---\r\n---\r\nHi\r\n", "\u{feff}---\n\n---  \nHi"])
    func takesTheFilesNameWhereThereIsNoOther(_ text: String) {
        #expect(parse(text).personality == Personality(id: "robbie", name: "robbie", systemPrompt: "Hi"))
    }

    @Test(arguments: [
        ("---\nname: A\ntemprature: 1\n---\n", 3, "unknown key 'temprature'", "did you mean 'temperature'?"),
        ("---\nname: A\n\nzzz: 1\n---\n", 4, "unknown key 'zzz'", "use one of name, description, model, temperature, max_tokens, context"),
        ("---\ntemperature: warm\n---\n", 2, "temperature is 'warm'", "use a number from 0.0 to 2.0"),
        ("---\ntemperature: nan\n---\n", 2, "temperature is 'nan'", "use a number from 0.0 to 2.0"),
        ("---\nmax_tokens: 0\n---\n", 2, "max_tokens is '0'", "use a whole number from 1 to 1000000"),
        ("---\ncontext: [1]\n---\n", 2, "context is a list", "use a whole number from 256 to 10000000"),
        ("---\nname: {a: b}\n---\n", 2, "name is a mapping", "write a text of 1 to 80 characters"),
        ("---\n- a\n---\n", 2, "the front matter is not a list of 'key: value'", "write for example 'name: Aurora'"),
        ("You are Robbie.", 1, "there is no front matter", "begin with a line '---', then 'name: …', then another line '---'"),
        ("---\nname: Robbie\n", 1, "there is no front matter", "begin with a line '---', then 'name: …', then another line '---'"),
    ])
    func saysWhatIsWrongAndWhere(_ text: String, _ line: Int, _ reason: String, _ fix: String) {
        let file = parse(text)
        #expect(file.personality == nil)
        #expect(file.findings == [Finding(file: "robbie.md", line: line, reason: reason, fix: fix)])
    }

    @Test func findsEverythingInOneGo() {
        let file = parse("---\nnmae: A\ntemperature: hot\nmax_tokens: many\n---\nHi")
        #expect(file.findings.count == 3)
    }

    @Test(arguments: [
        "---\nname: [\n---\n", "---\nname: a: b\n---\n", "---\n\tname: A\n---\n", "---\nname: A\nname: B\n---\n", "---\n*x\n---\n",
    ])
    func saysWhereTheFrontMatterIsNotYAML(_ text: String) throws {
        let file = parse(text)
        #expect(file.personality == nil)
        let finding = try #require(file.findings.first)
        #expect(finding.reason.hasPrefix("the front matter is not YAML: "))
        #expect((2...4).contains(finding.line ?? 0))
    }

    @Test func refusesWhatIsTooLargeOrNoText() {
        let large = "---\n---\n" + String(repeating: "x", count: PersonalityFile.largest)
        #expect(parse(large).findings.first?.fix == "keep it under 65536 bytes")
        #expect(PersonalityFile(id: "a", file: "a.md", bytes: [0xff, 0xfe]).findings.first?.reason == "the file is not UTF-8")
        #expect(parse("---\n---\n", id: "a b").findings.first?.reason == "the name 'a b' cannot be an id")
    }

    @Test(arguments: ["[", "{a: ", "- ", "? ", "!!x ", "&a [*a, ", "\"", "'", "|\n ", ": "])
    func survivesFrontMatterThatIsMadeToHurt(_ piece: String) {
        let file = parse("---\n" + String(repeating: piece, count: 60_000 / piece.utf8.count) + "\n---\nHi")
        #expect(file.personality == nil || file.findings.isEmpty)
    }

    @Test func warnsOfAPromptThatWouldBeCut() {
        let file = parse("---\ncontext: 1024\nmax_tokens: 100\n---\n" + String(repeating: "word ", count: 600))
        #expect(file.personality != nil)
        #expect(file.findings.map(\.severity) == [.warning])
    }

    @Test func theBuiltInOnesAreGood() {
        #expect(BuiltInPersonalities.all.map(\.id) == ["aurora", "coder"])
        for file in BuiltInPersonalities.files {
            #expect(PersonalityFile(id: file.id, file: "", bytes: file.bytes).findings.isEmpty)
        }
    }
}
