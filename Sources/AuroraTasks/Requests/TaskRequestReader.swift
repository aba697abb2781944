import AuroraDialects
import AuroraModel
import AuroraSystem
import Foundation
import NIOCore

/// What a client asked for: one task or many, and how long it will wait for it.
struct TaskSubmission: Sendable, Equatable {
    let tasks: [NewTask]
    /// Nil for a batch, which nobody waits for.
    let wait: Duration?
}

/// What the headers of a request say about its task.
struct TaskHeaders: Sendable {
    var idempotencyKey: String?
    var session: String?
    var traceparent: String?
}

/// Turns a body into tasks, or tells everything that is wrong with it. Pure.
struct TaskRequestReader: Sendable {
    static let batchLimit = 10_000
    static let payloadLimit = 8 << 20
    static let waitLimit = 600.0
    static let standardWait = 60.0
    private static let deadlineLimit = 366 * 86_400.0
    private static let known = [
        "task_type", "payload", "requirements", "priority", "idempotency_key", "deadline", "wait", "session",
    ]

    let executors: [any TaskExecutor]
    let headers: TaskHeaders
    let now: Date

    func read(_ body: JSON) throws(TaskRefusal) -> TaskSubmission {
        guard let object = body.object else {
            throw TaskRefusal(findings: [
                TaskFinding(
                    field: "", reason: "the body is \(body.kindInWords), not a JSON object",
                    fix: "send {\"task_type\":\"llm_inference\",\"payload\":{\"message\":\"…\"}}")
            ])
        }
        return object["tasks"] == nil ? try single(object) : try batch(object)
    }

    private func single(_ object: JSONObject) throws(TaskRefusal) -> TaskSubmission {
        var fields = TaskFields(object)
        let wait = fields.number("wait", in: 0...Self.waitLimit, unit: " seconds") ?? Self.standardWait
        let task = task(object, &fields, header: headers.idempotencyKey)
        guard let task, fields.findings.isEmpty else { throw TaskRefusal(findings: fields.findings) }
        return TaskSubmission(tasks: [task], wait: .milliseconds(Int(wait * 1000)))
    }

    private func batch(_ object: JSONObject) throws(TaskRefusal) -> TaskSubmission {
        var fields = TaskFields(object)
        fields.refuseUnknown(known: ["tasks"])
        if headers.idempotencyKey != nil {
            fields.report("Idempotency-Key", "is the key of one task", fix: "give each task of the batch its own 'idempotency_key'")
        }
        let elements = object["tasks"]?.array ?? []
        if !(1...Self.batchLimit).contains(elements.count) {
            let held = object["tasks"]?.array == nil ? "is no list" : "holds \(elements.count) tasks"
            fields.report("tasks", held, fix: "send a list of 1 to \(Self.batchLimit) tasks")
            throw TaskRefusal(findings: fields.findings)
        }
        var tasks: [NewTask] = []
        for (place, element) in elements.enumerated() where fields.findings.count < TaskRefusal.shown {
            var inner = TaskFields(element.object ?? [:], prefix: "tasks[\(place)].")
            if inner["wait"] != nil {
                inner.report("wait", "has no meaning in a batch", fix: "leave it out, and follow each task by its id")
            }
            if let task = task(element.object ?? [:], &inner, header: nil) { tasks.append(task) }
            fields.take(inner.findings)
        }
        guard fields.findings.isEmpty else { throw TaskRefusal(findings: fields.findings) }
        return TaskSubmission(tasks: tasks, wait: nil)
    }

    /// Nil only with a finding.
    private func task(_ object: JSONObject, _ fields: inout TaskFields, header: String?) -> NewTask? {
        fields.refuseUnknown(known: Self.known)
        let (requirements, findings) = RequirementsReader.read(fields.object("requirements") ?? [:])
        fields.take(findings)
        let priority = fields.whole("priority", in: 0...10) ?? 5
        let key = key(&fields, header: header)
        let deadline = deadline(&fields)
        let session = fields.text("session") ?? headers.session
        guard let (type, payload) = work(&fields, requirements) else { return nil }
        return NewTask(
            id: UUID().uuidString.lowercased(), type: type.rawValue, priority: priority, payload: JSON.object(payload).text,
            requirements: requirements, session: session, traceparent: headers.traceparent, idempotencyKey: key,
            requestHash: Self.hash(object), deadline: deadline, createdAt: now)
    }

    private func work(_ fields: inout TaskFields, _ requirements: TaskRequirements) -> (TaskType, JSONObject)? {
        let words = executors.map(\.type.rawValue)
        let type = fields["task_type"]
        guard let executor = executors.first(where: { $0.type.rawValue == type?.string }) else {
            let near = NearestNames.of(type?.string ?? "", in: words, limit: 1).first.map { "did you mean '\($0)'? " } ?? ""
            fields.report(
                "task_type", type.map { "is \($0.shown)" } ?? "is missing", fix: near + "use one of: \(words.joined(separator: ", "))")
            return nil
        }
        guard let payload = fields.object("payload") else {
            if fields["payload"] == nil { fields.report("payload", "is missing", fix: "add what the task is to work on: { … }") }
            return nil
        }
        let bytes = JSON.object(payload).bytes.readableBytes
        guard bytes <= Self.payloadLimit else {
            fields.report("payload", "has \(bytes) bytes", fix: "send at most \(Self.payloadLimit) bytes")
            return nil
        }
        fields.take(executor.findings(payload, requirements))
        return (executor.type, payload)
    }

    private func key(_ fields: inout TaskFields, header: String?) -> String? {
        let written = fields.text("idempotency_key")
        if let header, header.isEmpty || header.utf8.count > 255 {
            fields.report("Idempotency-Key", "has \(header.utf8.count) bytes", fix: "use a text of 1 to 255 bytes")
        }
        if let written, let header, written != header {
            fields.report("idempotency_key", "and the header 'Idempotency-Key' differ", fix: "send one of them, or the same in both")
        }
        return written ?? header
    }

    /// A time, or seconds from now.
    private func deadline(_ fields: inout TaskFields) -> Date? {
        guard let value = fields["deadline"] else { return nil }
        let fix = "use a time such as \"2026-11-23T18:00:00Z\", or seconds from now up to a year"
        guard let date = value.double.map(now.addingTimeInterval) ?? value.string.flatMap(TaskTime.date) else {
            fields.report("deadline", "is \(value.shown)", fix: fix)
            return nil
        }
        guard date > now, date <= now.addingTimeInterval(Self.deadlineLimit) else {
            fields.report(
                "deadline", date > now ? "is \(value.shown), more than a year from now" : "is \(value.shown), in the past", fix: fix)
            return nil
        }
        return date
    }

    /// Of what decides the outcome; how long somebody waits for it does not.
    private static func hash(_ object: JSONObject) -> String {
        let members = object.members.filter { !["wait", "idempotency_key"].contains($0.key) }
        return TokenHash.hash(JSON.object(JSONObject(members: members)).ordered.text)
    }
}
