import ArgumentParser
import AuroraDialects
import AuroraModel
import Foundation

struct SubmitTask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Submit a durable task and wait for its result.",
        discussion: """
            The task is on disk when its id is known: it survives restarts, is tried again when a worker fails, and runs once for each
            idempotency key.

            Example:
              aurora mesh submit --message "Why is the sky blue?" --model qwen3:8b
              git diff | aurora mesh submit --message - --no-wait
              aurora mesh submit --type embeddings --file payload.json --json
            """)

    @Option(help: ArgumentHelp("What to ask, or to embed; '-' reads it from standard input.", valueName: "text"))
    var message: String?

    @Option(help: ArgumentHelp("The model; else the first that is ready.", valueName: "model"))
    var model: String?

    @Option(
        help: ArgumentHelp("A JSON object as the payload, in place of --message and --model; '-' reads it from standard input.", valueName: "file"),
        completion: .file(extensions: ["json"]))
    var file: String?

    @Option(
        help: ArgumentHelp("llm_inference, embeddings or commands.", valueName: "type"),
        completion: .list(TaskType.allCases.map(\.rawValue)))
    var type = TaskType.inference.rawValue

    @Option(help: ArgumentHelp("0 to 10; higher goes first.", valueName: "number"))
    var priority: Int?

    @Option(help: ArgumentHelp("Only on this node.", valueName: "node"))
    var on: String?

    @Option(help: ArgumentHelp("The same key never runs twice, however often it is submitted.", valueName: "key"))
    var idempotencyKey: String?

    @Flag(inversion: .prefixedNo, help: "Stay until it is done, and print the result.")
    var wait = true

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let body = try TaskBody(
            type: type, message: message, model: model, file: file, priority: priority, node: on, idempotencyKey: idempotencyKey
        ).json { try Self.read($0) }
        let node = try connection.open()
        let receipt = try await node.json(.post, "/tasks/submit", body)
        guard let id = receipt["task_id"]?.string else { throw AuroraError(.failed, "the node gave the task no id") }
        guard wait else { return print(output.json ? receipt.text : id) }
        try await TaskFollowing(id: id, isJSON: output.json).run(node)
    }

    /// - Parameter name: a path, or `-`.
    private static func read(_ name: String) throws(AuroraError) -> Data {
        if name == "-" { return FileHandle.standardInput.readDataToEndOfFile() }
        guard let data = FileManager.default.contents(atPath: name) else {
            throw AuroraError(.invalid, "the file '\(name)' cannot be read", hint: "check the path, and whose it is")
        }
        return data
    }
}

/// The body of `POST /tasks/submit` from the arguments of the command.
struct TaskBody {
    var type: String
    var message: String?
    var model: String?
    var file: String?
    var priority: Int?
    var node: String?
    var idempotencyKey: String?

    /// - Parameter read: gives what a file holds, or standard input for `-`. Throws `invalid` for arguments that do not fit.
    func json(read: (String) throws -> Data) throws -> JSON {
        var body: JSONObject = ["task_type": .string(type), "payload": .object(try payload(read)), "wait": 0]
        body.append("priority", priority.map { JSON.int($0) })
        body.append("idempotency_key", idempotencyKey.map(JSON.string))
        body.append("requirements", node.map { ["node": .string($0)] })
        return .object(body)
    }

    private func payload(_ read: (String) throws -> Data) throws -> JSONObject {
        switch (message, file) {
        case (let message?, nil):
            let text = message == "-" ? String(decoding: try read("-"), as: UTF8.self) : message
            var payload: JSONObject = [type == TaskType.embeddings.rawValue ? "input" : "message": .string(text)]
            payload.append("model", model.map(JSON.string))
            return payload
        case (nil, let file?):
            guard model == nil else {
                throw AuroraError(.invalid, "--model does not go with --file", hint: "write \"model\" into '\(file)'")
            }
            return try object(in: file, try read(file))
        case (_?, _?):
            throw AuroraError(.invalid, "--message and --file are both given", hint: "give one of them")
        case (nil, nil):
            throw AuroraError(.invalid, "there is nothing to do", hint: "add --message TEXT or --file payload.json")
        }
    }

    private func object(in file: String, _ data: Data) throws(AuroraError) -> JSONObject {
        let value: JSON
        do { value = try JSON(parsing: String(decoding: data, as: UTF8.self)) } catch {
            throw AuroraError(.invalid, "'\(file)' is not JSON: \(error)", hint: "the payload is one object, such as {\"message\":\"…\"}")
        }
        guard let object = value.object else {
            throw AuroraError(.invalid, "'\(file)' holds \(value.kindInWords)", hint: "the payload is one object, such as {\"message\":\"…\"}")
        }
        return object
    }
}
