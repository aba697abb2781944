import AuroraModel
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraChat

@Suite(.timeLimit(.minutes(1))) struct PersonalityLibraryTests {
    private func text(_ name: String, _ prompt: String = "Hi") -> String { "---\nname: \(name)\n---\n\(prompt)" }

    @Test func readsAFolderAndSortsByName() async throws {
        try await withFolder { folder in
            try write(text("Zoe"), to: "\(folder)/a.md")
            try write(text("Adam"), to: "\(folder)/z.md")
            try write("not a personality", to: "\(folder)/notes.txt")
            let library = PersonalityLibrary(folder: folder, logger: quiet)
            #expect(library.all.map(\.id) == ["z", "a"])
            #expect(library.findings.isEmpty)
            #expect(try library.defaultPersonality().id == "z")
            try write(text("Last of all"), to: "\(folder)/default.md")
            #expect(library.reload())
            #expect(try library.defaultPersonality().id == "default")
        }
    }

    @Test func findsByIdBeforeName() async throws {
        try await withFolder { folder in
            try write(text("coder"), to: "\(folder)/aurora.md")
            try write(text("Aurora"), to: "\(folder)/coder.md")
            let library = PersonalityLibrary(folder: folder, logger: quiet)
            #expect(try library.personality("aurora").name == "coder")
            #expect(try library.personality("Aurora").name == "coder")
            #expect(throws: AuroraError(.notFound, "no personality 'bob'", hint: "use one of coder, aurora")) {
                try library.personality("bob")
            }
        }
    }

    @Test func aBrokenFileKeepsItsLastGoodVersion() async throws {
        try await withFolder { folder in
            try write(text("Robbie", "first"), to: "\(folder)/robbie.md")
            let library = PersonalityLibrary(folder: folder, logger: quiet)
            try write("---\nname: Robbie\ntemperature: hot\n---\nsecond", to: "\(folder)/robbie.md")
            #expect(library.reload())
            #expect(try library.personality("robbie").systemPrompt == "first")
            #expect(library.findings.map(\.line) == [3])
            #expect(library.findings.first?.file == "\(folder)/robbie.md")
            #expect(!library.reload())
            try write(text("Robbie", "third"), to: "\(folder)/robbie.md")
            #expect(library.reload())
            #expect(try library.personality("robbie").systemPrompt == "third")
            #expect(library.findings.isEmpty)
        }
    }

    @Test func aRemovedFileIsGoneAndAnEmptyFolderFallsBackToTheBuiltInOnes() async throws {
        try await withFolder { folder in
            try write(text("Robbie"), to: "\(folder)/robbie.md")
            let library = PersonalityLibrary(folder: folder, logger: quiet)
            try FileManager.default.removeItem(atPath: "\(folder)/robbie.md")
            #expect(library.reload())
            #expect(library.all.map(\.id) == ["aurora", "coder"])
        }
    }

    @Test func aFolderThatGoesAwayTakesNothingAway() async throws {
        try await withFolder { folder in
            let inner = "\(folder)/people"
            try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: false)
            try write(text("Robbie"), to: "\(inner)/robbie.md")
            let library = PersonalityLibrary(folder: inner, logger: quiet)
            try FileManager.default.removeItem(atPath: inner)
            #expect(library.reload())
            #expect(library.all.map(\.id) == ["robbie"])
            #expect(library.findings.map(\.reason) == ["the folder of personalities cannot be read"])
            #expect(!library.reload())
        }
    }

    @Test func takesLinksAndRefusesFolders() async throws {
        try await withFolder { folder in
            try write(text("Linked"), to: "\(folder)/target.txt")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/linked.md", withDestinationPath: "target.txt")
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/dangling.md", withDestinationPath: "nowhere")
            try FileManager.default.createDirectory(atPath: "\(folder)/folder.md", withIntermediateDirectories: false)
            let library = PersonalityLibrary(folder: folder, logger: quiet)
            #expect(library.all.map(\.name) == ["Linked"])
            #expect(library.findings.count == 2)
        }
    }

    @Test func takesAtMost256Files() async throws {
        try await withFolder { folder in
            for number in 0..<260 { try write(text("P\(number)"), to: "\(folder)/p\(1000 + number).md") }
            let library = PersonalityLibrary(folder: folder, logger: quiet)
            #expect(library.all.count == 256)
            #expect(library.findings.first?.reason == "there are 260 personalities; the last 4 are left out")
        }
    }

    @Test func looksForChangesEverySecond() async throws {
        try await withFolder { folder in
            try write(text("Robbie", "first"), to: "\(folder)/robbie.md")
            let clock = ManualClock()
            let library = PersonalityLibrary(folder: folder, logger: quiet, clock: clock)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await library.run() }
                try write(text("Robbie", "second, and longer"), to: "\(folder)/robbie.md")
                try await eventually("the library sleeps") { clock.sleepers(within: .seconds(1)) == 1 }
                #expect(try library.personality("robbie").systemPrompt == "first")
                clock.advance(by: .seconds(1))
                try await eventually("the change is seen") { try library.personality("robbie").systemPrompt == "second, and longer" }
                group.cancelAll()
            }
        }
    }
}
