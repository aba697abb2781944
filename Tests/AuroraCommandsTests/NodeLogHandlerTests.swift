import Foundation
import Logging
import Testing

@testable import AuroraCommands

@Suite("A log line")
struct NodeLogHandlerTests {
    private let time = Date(timeIntervalSince1970: 1_790_000_000.5)

    private func line(_ format: LogFormat, _ message: String, _ metadata: Logger.Metadata = [:], error: (any Error)? = nil) -> String {
        var handler = NodeLogHandler(format: format, level: .trace)
        handler[metadataKey: "node"] = "a"
        return handler.line(
            LogEvent(
                level: .warning, message: "\(message)", error: error, metadata: metadata, source: nil, file: "f", function: "g", line: 1),
            at: time)
    }

    @Test func isTimeLevelMessageAndFields() {
        #expect(
            line(.text, "engine down", ["url": "http://h", "reason": "no answer", "empty": ""])
                == "2026-09-21T14:13:20.500Z warning engine down empty=\"\" node=a reason=\"no answer\" url=http://h")
    }

    @Test func inJSONIsOneObject() throws {
        let text = line(.json, "engine \"a\" down", ["count": "3"])
        let fields = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(
            fields == ["time": "2026-09-21T14:13:20.500Z", "level": "warning", "message": "engine \"a\" down", "count": "3", "node": "a"])
    }

    static let forgeries = [
        "x\n2026-01-01T00:00:00Z error forged", "x\r\nforged", "x\rforged", "x\u{85}forged", "x\u{2028}forged", "x\u{2029}forged",
        "x\u{0B}forged",
        "x\u{0C}forged", "\u{1B}[2J\u{1B}[1;31mforged", "x\0forged", "x\n\n\n",
    ]

    @Test(arguments: LogFormat.allCases, forgeries) func isOneLineWhateverItSays(format: LogFormat, text: String) {
        for line in [line(format, text), line(format, "m", ["k": "\(text)"]), line(format, "m", ["k": .array(["\(text)"])])] {
            // Readers of JSON lines look for nothing else.
            #expect(!(format == .json ? line.unicodeScalars.contains { $0 == "\n" || $0 == "\r" } : line.contains { $0.isNewline }))
            #expect(!line.contains("\u{1B}"))
            #expect(!line.contains("\0"))
        }
    }

    @Test func keepsAValueInItsQuotes() {
        #expect(line(.text, "m", ["k": "a\" level=error"]).hasSuffix(" k=\"a' level=error\" node=a"))
    }

    @Test func hasItsOwnFieldsWhateverMetadataIsCalled() throws {
        let text = line(.json, "m", ["level": "critical", "message": "forged", "time": "never"])
        let fields = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
        #expect(fields["level"] == "warning")
        #expect(fields["message"] == "m")
        #expect(fields["time"] == "2026-09-21T14:13:20.500Z")
    }

    @Test func hasTheErrorOfTheEvent() {
        struct Broken: Error, CustomStringConvertible { let description = "it broke" }
        #expect(line(.text, "m", error: Broken()).hasSuffix(" error=\"it broke\" node=a"))
    }

    @Test func prefersTheFieldsOfTheEventToThoseOfTheLogger() {
        #expect(line(.text, "m", ["node": "b"]).hasSuffix(" m node=b"))
    }
}
