import AuroraDialects
import AuroraModel
import AuroraSystem
import Foundation
import Testing

@testable import AuroraTasks

@Suite("A request for a task")
struct TaskRequestReaderTests {
    private let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func read(_ text: String, headers: TaskHeaders = TaskHeaders()) throws -> TaskSubmission {
        let tasks = try RunningTasks.make(commands: [
            TaskCommand(name: "reindex", run: ["reindex", "--in={folder}", "{what}"], timeout: .seconds(9)),
            TaskCommand(name: "elsewhere", run: ["x"], timeout: .seconds(9), on: ["pod"]),
        ])
        return try TaskRequestReader(executors: tasks.service.executors, headers: headers, now: now).read(try JSON(parsing: text))
    }

    private func findings(_ text: String, headers: TaskHeaders = TaskHeaders()) throws -> [String] {
        let refusal = #expect(throws: TaskRefusal.self) { try read(text, headers: headers) }
        return refusal?.findings.map { "\($0.reason): \($0.fix)" } ?? []
    }

    @Test func needsNoMoreThanAMessage() throws {
        let submission = try read(#"{"task_type":"llm_inference","payload":{"message":"hi"}}"#)
        let task = try #require(submission.tasks.first)
        #expect(submission.wait == .seconds(60))
        #expect((task.type, task.priority, task.payload) == ("llm_inference", 5, #"{"message":"hi"}"#))
        #expect((task.idempotencyKey, task.deadline, task.requirements) == (nil, nil, .none))
    }

    @Test func readsEveryField() throws {
        let text = #"""
            {"task_type":"llm_inference","payload":{"messages":[{"role":"user","content":"hi"}],"model":"m","options":{"temperature":0.70,
             "num_predict":9,"stop":["x"]}},"requirements":{"model":"m","node":"pod","worker":"pod/ollama","min_vram":"24GB","gpu":true},
             "priority":9,"idempotency_key":"k","deadline":90,"wait":0.5,"session":"s"}
            """#
        let submission = try read(text, headers: TaskHeaders(idempotencyKey: "k", traceparent: "00-a-b-01"))
        let task = try #require(submission.tasks.first)
        #expect(submission.wait == .milliseconds(500))
        #expect((task.priority, task.idempotencyKey, task.session, task.traceparent) == (9, "k", "s", "00-a-b-01"))
        #expect(task.deadline == now.addingTimeInterval(90))
        #expect(
            task.requirements == TaskRequirements(model: "m", node: "pod", worker: "pod/ollama", gpuMemoryBytes: 24 << 30, gpu: true))
    }

    @Test func aDeadlineMayBeATime() throws {
        let text = #"{"task_type":"llm_inference","payload":{"message":"hi"},"deadline":"2026-09-21T14:14:20.5Z"}"#
        #expect(try read(text).tasks.first?.deadline == TaskTime.date("2026-09-21T14:14:20.5Z"))
        let past = text.replacing("2026", with: "2025")
        #expect(try findings(past).first?.hasPrefix("'deadline' is '2025-09-21T14:14:20.5Z', in the past") == true)
    }

    @Test func everythingThatIsWrongIsToldAtOnce() throws {
        let text = #"""
            {"task_type":"llm_inference","payload":{"mesage":"hi","options":{"temprature":1,"top_p":7}},"requirements":{"gpus":true,
             "min_vram":"much"},"priority":11,"deadline":"soon","wait":601,"session":""}
            """#
        #expect(
            try findings(text) == [
                "'wait' is 601: use a number from 0 to 600 seconds",
                "'requirements.gpus' is no field here: did you mean 'gpu'? known: model, node, worker, min_vram, gpu",
                "'requirements.min_vram' is 'much': use a size such as \"24GB\", or a number of gigabytes",
                "'priority' is 11: use a whole number from 0 to 10",
                "'deadline' is 'soon': use a time such as \"2026-11-23T18:00:00Z\", or seconds from now up to a year",
                "'session' is '': use a text of 1 to 255 bytes",
                "'payload.mesage' is no field here: did you mean 'message'? known: message, messages, model, options",
                "'payload.message' is missing: add \"message\": \"…\", or \"messages\": [ … ]",
                "'payload.options.temprature' is no field here: did you mean 'temperature'? known: temperature, top_p, min_p, top_k, seed, "
                    + "presence_penalty, frequency_penalty, repeat_penalty, max_tokens, num_predict, stop, response_format, reasoning_effort",
                "'payload.options.top_p' is 7: use a number from 0 to 1",
            ])
    }

    @Test(arguments: [
        ("[]", "the body is an array, not a JSON object"), ("7", "the body is a number, not a JSON object"),
        ("{}", "'task_type' is missing"), (#"{"task_type":7,"payload":{}}"#, "'task_type' is 7"),
        (#"{"task_type":"llm_inferense","payload":{}}"#, "'task_type' is 'llm_inferense'"),
        (#"{"task_type":"llm_inference"}"#, "'payload' is missing"),
        (#"{"task_type":"llm_inference","payload":[]}"#, "'payload' is a list"),
        (#"{"task_type":"llm_inference","payload":{"message":"a","messages":[]}}"#, "'payload.message' stands beside 'messages'"),
        (#"{"task_type":"llm_inference","payload":{"messages":[]}}"#, "'payload.messages' holds no message"),
        (#"{"task_type":"llm_inference","payload":{"messages":[{"role":"boss","content":"a"}]}}"#, "'payload.messages[0].role' is 'boss'"),
        (#"{"task_type":"llm_inference","payload":{"messages":[{"role":"user"}]}}"#, "'payload.messages[0].content' is no text"),
        (
            #"{"task_type":"llm_inference","payload":{"message":"a","model":"x"},"requirements":{"model":"y"}}"#,
            "'payload.model' is 'x', and"
        ),
        (#"{"task_type":"embeddings","payload":{"input":[]}}"#, "'payload.input' is a list"),
        (#"{"task_type":"embeddings","payload":{"input":["a",1]}}"#, "'payload.input' is a list"),
        (#"{"task_type":"commands","payload":{"command":"reindx"}}"#, "'payload.command' is 'reindx'"),
        (#"{"task_type":"commands","payload":{"command":"elsewhere"}}"#, "'payload.command' is 'elsewhere', which runs on pod"),
        (#"{"task_type":"commands","payload":{"command":"reindex","args":{"folder":"a"}}}"#, "'payload.args.what' is missing"),
        (
            #"{"task_type":"commands","payload":{"command":"reindex","args":{"folder":"a","what":"--force"}}}"#,
            "'payload.args.what' is '--force', which the program would take for an option"
        ),
        (
            #"{"task_type":"commands","payload":{"command":"reindex","args":{"folder":["a"],"what":"b"}}}"#,
            "'payload.args.folder' is a list"
        ),
        (#"{"tasks":[]}"#, "'tasks' holds 0 tasks"), (#"{"tasks":7}"#, "'tasks' is no list"),
        (#"{"tasks":[7]}"#, "'tasks[0].task_type' is missing"),
        (#"{"tasks":[{"task_type":"llm_inference","payload":{"message":"a"},"wait":1}]}"#, "'tasks[0].wait' has no meaning in a batch"),
        (#"{"task_type":"llm_inference","payload":{"message":"a"},"deadline":1e308}"#, "'deadline' is 1e308, more than a year from now"),
        (#"{"task_type":"llm_inference","payload":{"message":"a"},"priority":5.5}"#, "'priority' is 5.5"),
        (#"{"task_type":"llm_inference","payload":{"message":"a"},"requirements":{"min_vram":-1}}"#, "'requirements.min_vram' is -1"),
        (
            #"{"task_type":"llm_inference","payload":{"message":"a"},"requirements":{"min_vram":"99999999999TB"}}"#,
            "'requirements.min_vram' is"
        ),
    ])
    func garbageIsRefusedWithItsPlace(_ text: String, _ reason: String) throws {
        let found = try findings(text)
        #expect(found.first?.hasPrefix(reason) == true, "\(found)")
    }

    @Test func aNegativeNumberIsNoOption() throws {
        let text = #"{"task_type":"commands","payload":{"command":"reindex","args":{"folder":"-a","what":-5}}}"#
        #expect(try read(text).tasks.count == 1)
    }

    @Test func theHeaderAndTheFieldMustNotDiffer() throws {
        let text = #"{"task_type":"llm_inference","payload":{"message":"a"},"idempotency_key":"a"}"#
        #expect(try findings(text, headers: TaskHeaders(idempotencyKey: "b")).count == 1)
        #expect(try findings(#"{"tasks":[\#(text)]}"#, headers: TaskHeaders(idempotencyKey: "a")).count == 1)
    }

    @Test func theHashIsThatOfWhatIsAskedWhateverItsOrder() throws {
        func hash(_ text: String) throws -> String? { try read(text).tasks.first?.requestHash }
        let first = try hash(#"{"task_type":"llm_inference","payload":{"message":"a","model":"m"},"wait":1}"#)
        let second = try hash(#"{"payload":{"model":"m","message":"a"},"idempotency_key":"k","task_type":"llm_inference"}"#)
        let other = try hash(#"{"payload":{"model":"m","message":"b"},"task_type":"llm_inference"}"#)
        #expect(first == second && first != other)
    }
}
