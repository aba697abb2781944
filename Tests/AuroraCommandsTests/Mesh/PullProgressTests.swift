import AuroraDialects
import AuroraModel
import NIOCore
import Testing

@testable import AuroraCommands

@Suite("The progress of a pull")
struct PullProgressTests {
    private func feed(_ pull: inout PullProgress, _ text: String) throws -> [JSON] { try pull.take(ByteBuffer(string: text)) }

    @Test func isReadHoweverItIsCut() throws {
        var pull = PullProgress()
        let lines = "{\"status\":\"pulling\",\"total\":200,\"completed\":50}\n{\"status\":\"success\"}\n"
        var events: [JSON] = []
        for byte in lines.utf8 { events += try pull.take(ByteBuffer(bytes: [byte])) }
        #expect(events.count == 2)
        #expect(pull.part(events[0]) == 0.25)
        #expect(pull.amount(events[0]) == "0 of 0 MB")
        #expect(pull.stage(events[0]) == "pulling")
        try pull.finish()
    }

    @Test func namesTheNodeWhereThereAreSeveral() throws {
        var pull = PullProgress()
        let event = try #require(try feed(&pull, "{\"status\":\"pulling\",\"node\":\"pod\"}\n").first)
        #expect(pull.stage(event) == "pod: pulling")
        #expect(pull.part(event) == nil)
    }

    @Test func failsWithTheWordsOfTheEngine() {
        var pull = PullProgress()
        let error = #expect(throws: AuroraError.self) { try feed(&pull, "{\"error\":\"no such\\nmodel\"}\n") }
        #expect(error?.message == "no such\\nmodel")
    }

    @Test(arguments: ["", "{\"status\":\"pulling\"}\n", "garbage\n[]\n7\n", "{\"status\":\"succ"]) func thatEndsEarlyIsAFailure(text: String) throws {
        var pull = PullProgress()
        _ = try feed(&pull, text)
        #expect(throws: AuroraError.self) { try pull.finish() }
    }

    @Test func endsWellWithoutALastLineEnd() throws {
        var pull = PullProgress()
        _ = try feed(&pull, "{\"status\":\"success\"}")
        try pull.finish()
    }

    @Test func refusesALineThatDoesNotEnd() throws {
        var pull = PullProgress()
        #expect(throws: AuroraError.self) { try feed(&pull, String(repeating: "x", count: 2 << 20)) }
    }

    @Test(arguments: [-1.0, 0, 0.5, 1, 7, .nan, .infinity]) func barIsAlwaysAsLong(part: Double) {
        #expect(ProgressLine.bar(part).count == 24)
    }

    @Test func isOneLineOnATerminalAndOneForEachStageElsewhere() {
        var written = ""
        func write(_ text: String) { written += text }
        withoutActuallyEscaping(write) { write in
            var line = ProgressLine(isTerminal: false, write: write)
            line.show("pulling", part: 0.1)
            line.show("pulling", part: 0.2)
            line.show("checking\u{1B}[2J")
            line.clear()
        }
        #expect(written == "pulling\nchecking\\u{1B}[2J\n")
    }
}

@Suite("A question before something happens")
struct ConfirmationTests {
    @Test func needsAYes() throws {
        try Confirmation.ask("it goes", yes: false, isInteractive: true) { "Yes" }
        try Confirmation.ask("it goes", yes: true, isInteractive: false) { nil }
        for answer in ["", "n", "sure", nil] {
            let error = #expect(throws: AuroraError.self) { try Confirmation.ask("it goes", yes: false, isInteractive: true) { answer } }
            #expect(error?.exitCode == 3)
        }
    }

    @Test func isRefusedWhereNobodyCanAnswer() {
        let error = #expect(throws: AuroraError.self) { try Confirmation.ask("it goes", yes: false, isInteractive: false) { "y" } }
        #expect(error?.hint == "add --yes to do it from a script")
    }
}
