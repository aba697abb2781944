import AuroraSystem
import Foundation
import Testing

@testable import AuroraLive

@Suite("The log of a service")
struct ServiceLogFileTests {
    private func write(_ text: String, to log: ServiceLogFile) {
        let descriptor = log.open()
        _ = FolderFiles.writeAll(Array(text.utf8), to: descriptor)
        close(descriptor)
    }

    private func text(_ piece: LogPiece) -> String { String(decoding: piece.bytes, as: UTF8.self) }

    @Test func isCutPastItsLimitWhileItsWriterGoesOn() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let log = ServiceLogFile(path: "\(scratch.path)/a.log", limit: 10, kept: 2)
        let descriptor = log.open()
        defer { close(descriptor) }
        for number in 1...4 {
            _ = FolderFiles.writeAll(Array("this is line \(number)\n".utf8), to: descriptor)
            log.trim()
        }
        #expect(scratch.text("a.log") == "")
        #expect(scratch.text("a.log.1") == "this is line 4\n")
        #expect(scratch.text("a.log.2") == "this is line 3\n")
        #expect(!scratch.has("a.log.3"))
        _ = FolderFiles.writeAll(Array("short\n".utf8), to: descriptor)
        log.trim()
        #expect(scratch.text("a.log") == "short\n")
        #expect(scratch.mode("a.log") == 0o600)
        #expect(scratch.mode("a.log.1") == 0o600)
    }

    @Test func itsTailGoesOverTheBorderOfARotation() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let log = ServiceLogFile(path: "\(scratch.path)/a.log")
        try scratch.write("1\n2\n3\n", to: "a.log.1")
        write("4\n5\n", to: log)
        #expect(text(log.tail(lines: 3)) == "3\n4\n5\n")
        #expect(text(log.tail(lines: 100)) == "1\n2\n3\n4\n5\n")
        #expect(log.tail(lines: 1).next == 4)
        #expect(log.tail(lines: 0).bytes.isEmpty)
    }

    @Test(arguments: [("", 3, ""), ("\n", 1, "\n"), ("a", 1, "a"), ("a\nb", 1, "b"), ("a\n\nb\n", 2, "\nb\n"), ("a\nb\n", 9, "a\nb\n")])
    func lastLinesOf(_ text: String, _ count: Int, _ expected: String) {
        #expect(String(decoding: ServiceLogFile.lastLines(count, of: Array(text.utf8)), as: UTF8.self) == expected)
    }

    @Test func isFollowedFromAPlaceAndFromTheStartAfterACut() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let log = ServiceLogFile(path: "\(scratch.path)/a.log")
        write("one\n", to: log)
        let first = log.piece(from: 0)
        write("two\n", to: log)
        let second = log.piece(from: first.next)
        #expect(text(second) == "two\n")
        #expect(log.piece(from: second.next) == LogPiece(bytes: [], next: 8))
        truncate(log.path, 0)
        write("x\n", to: log)
        #expect(text(log.piece(from: second.next)) == "x\n")
        #expect(text(log.piece(from: -5)) == "x\n")
    }

    @Test func whereNoneCanBeKeptTheServiceStillRuns() {
        let log = ServiceLogFile(path: "/nonexistent/a.log")
        let descriptor = log.open()
        defer { close(descriptor) }
        #expect(descriptor >= 0)
        #expect(FolderFiles.writeAll([1], to: descriptor))
        log.trim()
        #expect(log.tail(lines: 1) == LogPiece(bytes: [], next: 0))
    }
}
