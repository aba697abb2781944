import AuroraDialects
import AuroraHTTP
import AuroraModel
import AuroraStore
import AuroraSystem
import AuroraTestSupport
import Foundation
import HTTPTypes
import NIOCore
import Testing

@testable import AuroraTasks

@Suite("The task API", .timeLimit(.minutes(1)))
struct TaskRouteTests {
    private let hello = #"{"task_type":"llm_inference","payload":{"message":"hi"}}"#
    private let later = #"{"task_type":"llm_inference","payload":{"message":"hi"},"wait":0}"#

    @Test func givesTheFinishedTaskToWhoeverWaits() async throws {
        try await withTaskServer(try RunningTasks.make()) { client async throws in
            let answer = try await client.submit(hello)
            #expect(answer.status == 200)
            #expect(answer.json["status"] == "completed" && answer.json["task_type"] == "llm_inference")
            #expect(answer.json["result"]?["response"] == "Hello there" && answer.json["error"] == .null)
            #expect(answer.json["payload"]?["message"] == "hi" && answer.json["attempts"] == [])
            let id = try #require(answer.json["task_id"]?.string)
            #expect(answer.headers[.location] == "/tasks/\(id)" && answer.json["status_url"]?.string == "/tasks/\(id)")
            #expect(try await client.call(.get, "/tasks/\(id)").json == answer.json)
            #expect(try await client.call(.head, "/tasks/\(id)").status == 200)
        }
    }

    @Test func givesAReceiptToWhoeverDoesNotWait() async throws {
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["x"], gate: ScriptedModel.Gate(), ends: true)))
        try await withTaskServer(tasks) { client async throws in
            let answer = try await client.submit(later)
            #expect(answer.status == 202 && answer.headers[.retryAfter] == "1")
            let id = try #require(answer.json["task_id"]?.string)
            #expect(answer.json["status_url"]?.string == "/tasks/\(id)" && answer.headers[.location] == "/tasks/\(id)")
            #expect(await eventually { (try? await client.call(.get, "/tasks/\(id)").json["progress"]?["stage"]) == "generating" })
        }
    }

    @Test func answersTheSameKeyWithTheSameTask() async throws {
        try await withTaskServer(try RunningTasks.make()) { client async throws in
            let key: HTTPFields = [.idempotencyKey: "order-7"]
            let (first, again) = (try await client.submit(hello, headers: key), try await client.submit(hello, headers: key))
            #expect(first.json == again.json && first.headers[.idempotentReplayed] == nil)
            #expect(again.headers[.idempotentReplayed] == "true")
            let other = try await client.submit(hello.replacing("hi", with: "ho"), headers: key)
            #expect(other.status == 409 && other.error?["code"] == "conflict")
            #expect(try await client.call(.get, "/tasks").json["counts"]?["completed"] == 1)
        }
    }

    @Test func runsOneOfManyThatComeWithTheSameKeyAtOnce() async throws {
        let tasks = try RunningTasks.make()
        try await withTaskServer(tasks) { client async throws in
            let ids = try await withThrowingTaskGroup(of: JSON?.self) { group in
                for _ in 0..<20 { group.addTask { try await client.submit(hello, headers: [.idempotencyKey: "k"]).json["task_id"] } }
                return try await group.reduce(into: []) { $0.append($1?.string) }
            }
            #expect(Set(ids).count == 1 && tasks.gateway.calls.count == 1)
        }
    }

    @Test func takesABatch() async throws {
        try await withTaskServer(try RunningTasks.make()) { client async throws in
            let one = #"{"task_type":"llm_inference","payload":{"message":"hi","model":"m"}}"#
            let answer = try await client.submit(#"{"tasks":[\#(Array(repeating: one, count: 300).joined(separator: ","))]}"#)
            #expect(answer.status == 202 && answer.json["tasks"]?.array?.count == 300)
            #expect(Set(answer.json["tasks"]?.array?.compactMap { $0["task_id"]?.string } ?? []).count == 300)
            #expect(await eventually { (try? await client.call(.get, "/tasks").json["counts"]?["completed"]) == 300 })
        }
    }

    @Test func storesNothingOfABatchWithAFault() async throws {
        let tasks = try RunningTasks.make()
        try await withTaskServer(tasks) { client async throws in
            let answer = try await client.submit(#"{"tasks":[\#(hello.replacing("}}", with: "}}")),{"task_type":"magic","payload":{}}]}"#)
            #expect(answer.status == 400)
            #expect(answer.error?["findings"]?[0]?["field"] == "tasks[1].task_type")
            #expect(try await tasks.store.taskCounts() == TaskCounts())
        }
    }

    @Test(arguments: [
        ("", 400), ("{", 400), ("null", 400), ("\u{0}", 400), (#"{"task_type":"llm_inference","payload":{"message":"hi"},"wait":-1}"#, 400),
        (String(repeating: "[", count: 5_000), 400),
    ])
    func refusesGarbage(_ body: String, _ status: Int) async throws {
        try await withTaskServer(try RunningTasks.make()) { client async throws in
            let answer = try await client.submit(body)
            #expect(answer.status == status && answer.error?["code"] == "invalid")
            #expect(answer.error?["hint"]?.string?.isEmpty == false && answer.error?["findings"]?.array?.isEmpty == false)
        }
    }

    @Test func refusesWhatIsTooLarge() async throws {
        try await withTaskServer(try RunningTasks.make()) { client async throws in
            let text = String(repeating: "x", count: 9 << 20)
            let large = try await client.submit(hello.replacing("hi", with: text))
            #expect(large.status == 400 && large.error?["findings"]?[0]?["field"] == "payload")
            let huge = try await client.submit(hello.replacing("hi", with: String(repeating: text, count: 4)))
            #expect(huge.status == 413)
        }
    }

    @Test func saysWhenItIsFull() async throws {
        var settings = TaskSettings()
        settings.limit = 1
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["x"], gate: ScriptedModel.Gate(), ends: true)), settings: settings)
        try await withTaskServer(tasks) { client async throws in
            #expect(try await client.submit(later).status == 202)
            let full = try await client.submit(later)
            #expect(full.status == 429 && full.headers[.retryAfter] == "10" && full.error?["code"] == "overloaded")
        }
    }

    @Test func cancelsAsOftenAsItIsAsked() async throws {
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["x"], gate: ScriptedModel.Gate(), ends: true)))
        try await withTaskServer(tasks) { client async throws in
            let id = try #require(try await client.submit(later).json["task_id"]?.string)
            for _ in 0..<2 {
                let answer = try await client.call(.delete, "/tasks/\(id)")
                #expect(answer.status == 200 && answer.json["status"] == "cancelled" && answer.json["error"] == "cancelled")
            }
            #expect(try await client.call(.delete, "/tasks/none").status == 404)
        }
    }

    @Test func listsTasksPageByPage() async throws {
        try await withTaskServer(try RunningTasks.make()) { client async throws in
            for _ in 0..<3 { #expect(try await client.submit(hello).status == 200) }
            let first = try await client.call(.get, "/tasks?limit=2&status=completed,failed&type=llm_inference").json
            #expect(first["tasks"]?.array?.count == 2 && first["tasks"]?[0]?["payload"] == nil)
            let next = try #require(first["next"]?.string)
            let second = try await client.call(.get, "/tasks?limit=2&before=\(next)").json
            #expect(second["tasks"]?.array?.count == 1 && second["next"] == .null)
            #expect(try await client.call(.get, "/tasks/completed").json["tasks"]?.array?.count == 3)
            #expect(try await client.call(.get, "/tasks/active").json["tasks"]?.array?.isEmpty == true)
        }
    }

    @Test(arguments: [
        ("limit=0", "parameter 'limit' is '0'"), ("limit=x", "parameter 'limit' is 'x'"),
        ("status=complete", "parameter 'status' is 'complete'"),
        ("state=dead", "there is no parameter 'state'"), ("before=x", "'x' is not a page of this list"),
        ("type=%00", "parameter 'type' is '\0'"),
    ])
    func refusesAWrongQuery(_ query: String, _ message: String) async throws {
        try await withTaskServer(try RunningTasks.make()) { client async throws in
            let answer = try await client.call(.get, "/tasks?" + query)
            #expect(answer.status == 400 && answer.error?["message"]?.string == message && answer.error?["hint"]?.string?.isEmpty == false)
        }
    }

    @Test func saysWhichMethodsAPathTakes() async throws {
        try await withTaskServer(try RunningTasks.make()) { client async throws in
            let answer = try await client.call(.get, "/tasks/submit")
            #expect(answer.status == 405 && answer.headers[.allow] == "POST")
            #expect(try await client.call(.post, "/tasks/x", "{}").headers[.allow] == "DELETE, GET, HEAD")
        }
    }

    @Test func letsReadersReadAndOnlyTheMeshSubmit() async throws {
        let tokens = [Scope.read, .mesh, .chat].map {
            (hash: TokenHash.hash("\($0)"), principal: Principal(name: "\($0)", scopes: [$0]))
        }
        try await withTaskServer(try RunningTasks.make(), tokens: tokens) { client async throws in
            func token(_ scope: Scope) -> HTTPFields { [.authorization: "Bearer \(scope)"] }
            #expect(try await client.submit(hello).status == 401)
            #expect(try await client.submit(hello, headers: token(.read)).status == 403)
            #expect(try await client.submit(hello, headers: token(.mesh)).status == 200)
            #expect(try await client.call(.get, "/tasks", headers: token(.read)).status == 200)
            #expect(try await client.call(.get, "/tasks", headers: token(.chat)).status == 403)
            #expect(try await client.call(.delete, "/tasks/x", headers: token(.read)).status == 403)
        }
    }
}

@Suite("Following a task", .timeLimit(.minutes(1)))
struct TaskEventTests {
    private let later = #"{"task_type":"llm_inference","payload":{"message":"hi"},"wait":0}"#

    private func events(
        _ client: TaskClient, _ id: String, after place: String? = nil, onPiece: () -> Void = {}
    ) async throws -> [SSEEvent] {
        var headers = HTTPFields()
        headers[.lastEventID] = place
        let reply = try await client.open(.get, "/tasks/\(id)/events", headers: headers)
        #expect(reply.status == 200 && reply.headers[.contentType]?.hasPrefix("text/event-stream") == true)
        var parser = SSEParser()
        var events: [SSEEvent] = []
        for try await piece in reply.body {
            events += try parser.push(piece)
            onPiece()
        }
        return events
    }

    private func text(_ events: [SSEEvent]) throws -> String {
        try events.filter { $0.event == "token" }.map { try JSON(parsing: $0.data)["text"]?.string ?? "" }.joined()
    }

    @Test func showsTheTextAsItGrowsAndThenTheTask() async throws {
        let gate = ScriptedModel.Gate()
        let tasks = try RunningTasks.make(ScriptedGateway(.stream(["Hällo", " 🚀", " there"], gate: gate, ends: true)))
        try await withTaskServer(tasks) { client async throws in
            let id = try #require(try await client.submit(later).json["task_id"]?.string)
            // The answer ends only once something of it has been seen.
            let all = try await events(client, id) { gate.open() }
            #expect(try text(all) == "Hällo 🚀 there")
            #expect(all.first?.event == "progress")
            #expect(all.last?.event == "done" && all.last?.id == "end")
            #expect(try JSON(parsing: try #require(all.last?.data))["result"]?["response"] == "Hällo 🚀 there")
        }
    }

    @Test func givesALateFollowerEverythingAndOneThatReturnsTheRest() async throws {
        let tasks = try RunningTasks.make(ScriptedGateway(.says("Hällo", " there")))
        try await withTaskServer(tasks) { client async throws in
            let id = try #require(try await client.submit(later).json["task_id"]?.string)
            _ = try await tasks.task(id)
            #expect(try text(try await events(client, id)) == "Hällo there")
            #expect(try text(try await events(client, id, after: "1.6")) == " there")
            #expect(try text(try await events(client, id, after: "1.2")) == "ällo there", "a place inside a character begins at it")
            for place in ["1.99", "1.12"] { #expect(try text(try await events(client, id, after: place)) == "") }
            for place in ["7.3", "x", "-1.-1", "1.99999999999999999999"] {
                #expect(try text(try await events(client, id, after: place)) == "Hällo there", "\(place)")
            }
            #expect(try await client.call(.get, "/tasks/\(id)/events", headers: [.lastEventID: "end"]).status == 204)
            #expect(try await client.call(.get, "/tasks/none/events").status == 404)
        }
    }

    @Test func beginsAnewWhenTheTaskIsTriedAgain() {
        var follower = TaskFollower(from: TaskPlace(attempt: 1, bytes: 4))
        var snapshot = TaskLog.Snapshot()
        (snapshot.attempt, snapshot.text, snapshot.stage) = (1, "Hello", "generating")
        #expect(follower.events(snapshot).map(\.id) == ["1.4", "1.5"])
        #expect(follower.events(snapshot).isEmpty)
        (snapshot.attempt, snapshot.text) = (2, "Good")
        #expect(follower.events(snapshot).map(\.id) == ["2.0", "2.4"])
    }

    @Test func endsWithAnErrorWhenTheTaskFailedOrWasCancelled() async throws {
        let tasks = try RunningTasks.make(ScriptedGateway(.error(400, "no"), .stream(["x"], gate: ScriptedModel.Gate(), ends: true)))
        try await withTaskServer(tasks) { client async throws in
            let failed = try #require(try await client.submit(later).json["task_id"]?.string)
            _ = try await tasks.task(failed)
            let events = try await events(client, failed)
            #expect(events.last?.event == "error")
            #expect(try JSON(parsing: try #require(events.last?.data))["error"] == "no")
            let cancelled = try #require(try await client.submit(later).json["task_id"]?.string)
            async let followed = self.events(client, cancelled)
            #expect(await eventually { tasks.gateway.calls.count == 2 })
            _ = try await client.call(.delete, "/tasks/\(cancelled)")
            #expect(try await followed.last?.event == "error")
        }
    }
}
