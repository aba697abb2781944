import Testing

@testable import AuroraCommands

@Suite("A table")
struct TableTests {
    @Test func hasColumnsAsWideAsTheirWidestCell() {
        var table = Table("NAME", "STATE", "MODELS")
        table.add(("ollama", nil), ("up", nil), ("a, b", nil))
        table.add(("x", nil), ("unknown", nil), ("", nil))
        #expect(table.text == "NAME    STATE    MODELS\nollama  up       a, b\nx       unknown  ")
    }

    @Test func withoutRowsIsItsHeader() {
        #expect(Table("NAME", "STATE").text == "NAME  STATE")
    }

    @Test func survivesRowsOfAnotherLength() {
        var table = Table("A", "B")
        table.add(("1", nil))
        table.add(("1", nil), ("2", nil), ("3", nil))
        #expect(table.text.split(separator: "\n", omittingEmptySubsequences: false).count == 3)
    }

    @Test(arguments: ["a\nb", "a\r\nb", "a\u{2028}b", "a\u{1B}[31mb", "a\0b", "a\u{85}b", "a\tb"]) func keepsACellToItsLine(cell: String) {
        var table = Table("A", "B")
        table.add((cell, nil), ("x", nil))
        #expect(table.text.split(whereSeparator: \.isNewline).count == 2)
        #expect(!table.text.contains("\u{1B}"))
        #expect(!table.text.contains("\0"))
    }

    @Test func countsCharactersAsPeopleDo() {
        var table = Table("A", "B")
        table.add(("héé", nil), ("x", nil))
        table.add(("👩‍👩‍👧", nil), ("y", nil))
        #expect(table.text == "A    B\nhéé  x\n👩‍👩‍👧    y")
    }
}
