import Testing

@testable import AuroraAdopt

struct GlobTests {
    @Test(arguments: [
        ("a.conf", "*.conf", true), (".a.conf", "*.conf", false), (".a", ".*", true), ("abc", "a?c", true), ("ac", "a?c", false),
        ("file7", "file[0-9]", true), ("filex", "file[!0-9]", true), ("file7", "file[!0-9]", false), ("a]", "a[]]", true),
        ("a*", "a\\*", true),
        ("ab", "a\\*", false), ("abcabc", "*abc", true), ("", "*", true), ("[", "[", true), ("aXbXc", "a*b*c", true),
        ("aXbX", "a*b*c", false),
    ])
    func namesMatchPatterns(_ name: String, _ pattern: String, _ isMeant: Bool) {
        #expect(Glob.matches(name, pattern) == isMeant)
    }

    @Test func aPatternOfManyStarsEndsSoon() {
        #expect(!Glob.matches(String(repeating: "a", count: 255), String(repeating: "*a", count: 100) + "b"))
    }

    @Test func patternsMayStandInFolders() throws {
        let machine = FakeMachine(files: ["/e/a/x.conf": "", "/e/b/x.conf": "", "/e/c/y": ""])
        #expect(try Glob.expand("/e/*/x.conf", on: machine).filter { machine.files[$0] != nil } == ["/e/a/x.conf", "/e/b/x.conf"])
        #expect(try Glob.expand("/none/*", on: machine).isEmpty)
    }
}
