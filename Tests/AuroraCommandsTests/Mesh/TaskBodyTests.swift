import AuroraDialects
import AuroraModel
import Foundation
import Testing

@testable import AuroraCommands

@Suite("What 'aurora mesh submit' sends")
struct TaskBodyTests {
    private func body(_ change: (inout TaskBody) -> Void, files: [String: String] = [:]) throws -> String {
        var body = TaskBody(type: "llm_inference")
        change(&body)
        return try body.json { name in
            guard let text = files[name] else { throw AuroraError(.invalid, "no '\(name)'") }
            return Data(text.utf8)
        }.text
    }

    @Test func isAMessageWithItsModelAndWishes() throws {
        let text = try body {
            ($0.message, $0.model, $0.priority, $0.node, $0.idempotencyKey) = ("hi", "m", 7, "pod", "k")
        }
        #expect(
            text
                == #"{"task_type":"llm_inference","payload":{"message":"hi","model":"m"},"wait":0,"priority":7,"idempotency_key":"k","requirements":{"node":"pod"}}"#
        )
    }

    @Test func readsStandardInputForADash() throws {
        #expect(try body({ $0.message = "-" }, files: ["-": "long text\n"]).contains(#""message":"long text\n""#))
        #expect(try body({ $0.file = "-" }, files: ["-": #"{"message":"x"}"#]).contains(#""payload":{"message":"x"}"#))
    }

    @Test func callsTheTextOfEmbeddingsTheirInput() throws {
        #expect(try body { ($0.type, $0.message) = ("embeddings", "a") }.contains(#""payload":{"input":"a"}"#))
    }

    @Test(arguments: ["", "{", "[1]", "7", "null", "{\"a\":1}{\"b\":2}", "\u{FEFF}"]) func refusesAFileThatIsNoObject(content: String) {
        let error = #expect(throws: AuroraError.self) { try body({ $0.file = "p.json" }, files: ["p.json": content]) }
        #expect(error?.code == .invalid)
        #expect(error?.message.contains("'p.json'") == true)
    }

    @Test func refusesArgumentsThatDoNotFit() {
        #expect(throws: AuroraError.self) { try body { _ in } }
        #expect(throws: AuroraError.self) { try body { ($0.message, $0.file) = ("a", "b") } }
        #expect(throws: AuroraError.self) { try body({ ($0.model, $0.file) = ("a", "b") }, files: ["b": "{}"]) }
        #expect(throws: AuroraError.self) { try body { $0.file = "missing" } }
    }
}

@Suite("What is told while a task goes on")
struct TaskStoryTests {
    @Test func isItsStageThenItsTextThenItsEnd() throws {
        var story = TaskStory()
        #expect(try story.take("progress", #"{"stage":"running","attempt":1,"worker":"a"}"#) == [.stage("running on 'a'")])
        #expect(try story.take("token", #"{"text":"Hel"}"#) == [.text("Hel")])
        #expect(try story.take("keep", "{}") == [])
        #expect(try story.take("done", #"{"status":"completed"}"#) == [.end(["status": "completed"], hasShownText: true)])
    }

    @Test func saysWhenItStartsOver() throws {
        var story = TaskStory()
        _ = try story.take("progress", #"{"stage":"running","attempt":1}"#)
        _ = try story.take("token", #"{"text":"x"}"#)
        #expect(try story.take("progress", #"{"stage":"running","attempt":2}"#) == [.startsOver, .stage("running, attempt 2")])
        #expect(try story.take("error", "{}") == [.end([:], hasShownText: false)])
    }

    @Test func refusesWhatIsNoJSON() {
        var story = TaskStory()
        #expect(throws: (any Error).self) { try story.take("token", "{") }
    }
}

@Suite("Tasks for people")
struct TaskReportTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_100)

    private func task(_ fields: String) throws -> JSON { try JSON(parsing: fields) }

    private let done = #"""
        {"task_id":"0b6e","status":"completed","task_type":"llm_inference","priority":5,"created_at":"2026-09-21T14:13:20.000Z",
         "started_at":"2026-09-21T14:13:22.000Z","finished_at":"2026-09-21T14:13:40.500Z","error":null,"node":"pod",
         "attempts":[{"attempt":1,"at":"2026-09-21T14:13:30.000Z","error":"closed\nearly","worker":"lab","times":3}],
         "payload":{"message":"hi"},"result":{"response":"Hello"}}
        """#

    @Test func areALineEach() throws {
        let list = try task(#"{"tasks":[\#(done)],"next":"x","counts":{"queued":1,"active":0}}"#)
        #expect(
            TaskReport.list(list, now: now) == """
                TASK  TYPE           STATUS     PRIORITY  AGE    TOOK    FAILED  NOTE
                0b6e  llm_inference  completed  5         1 min  18.5 s  3       on pod
                1 queued, 0 active
                more are there; --limit shows them
                """)
        #expect(TaskReport.list([:], now: now) == "no tasks")
    }

    @Test func areToldWithTheirWayAndTheirResult() throws {
        let text = TaskReport.text(try task(done), now: now)
        #expect(
            text == """
                0b6e: llm_inference, completed
                  submitted  2026-09-21T14:13:20.000Z (1 min ago)
                  started    2026-09-21T14:13:22.000Z (1 min ago), on pod
                  failed     2026-09-21T14:13:30.000Z (1 min ago), attempt 1 on lab: closed\\nearly (3 times)
                  ended      2026-09-21T14:13:40.500Z (1 min ago), after 18.5 s
                  payload    {"message":"hi"}

                Hello
                """)
    }

    @Test(arguments: ["{}", "[]", "7", #"{"tasks":7,"counts":[]}"#, #"{"tasks":[7,{},{"attempts":{},"created_at":"never","priority":1e99}]}"#])
    func surviveWhateverANodeSends(text: String) throws {
        _ = TaskReport.list(try task(text), now: now)
        _ = TaskReport.text(try task(text), now: now)
    }
}
