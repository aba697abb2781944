import ArgumentParser
import AuroraAPI
import Foundation

struct LoadModel: AsyncParsableCommand {
    /// Longer than the node itself waits.
    static let patience = Duration.seconds(620)

    static let configuration = CommandConfiguration(
        commandName: "load", abstract: "Bring a model into memory before the first request needs it.",
        discussion: """
            Example:
              aurora mesh load qwen3:8b --on vengeance
            """)

    @Argument(help: "The model's name.")
    var model: String

    @Option(help: ArgumentHelp("A node or a worker; else the router chooses.", valueName: "node"))
    var on: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await connection.open().post(
            LoadAnswer.self, "/api/mesh/load", LoadRequest(model: model, on: on), patience: Self.patience)
        if output.json { return print(String(decoding: try Wire.encode(answer), as: UTF8.self)) }
        print("'\(model)' is loaded" + (answer.worker.map { " on '\($0)'" } ?? "") + ", after \(Amount.time(answer.seconds))")
    }
}

struct UnloadModel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "unload", abstract: "Take a model out of memory wherever it is; the next request loads it again.",
        discussion: """
            Example:
              aurora mesh unload qwen3:8b
            """)

    @Argument(help: "The model's name.")
    var model: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let answer = try await connection.open().post(
            LoadAnswer.self, "/api/mesh/unload", LoadRequest(model: model), patience: LoadModel.patience)
        print(output.json ? String(decoding: try Wire.encode(answer), as: UTF8.self) : "'\(model)' is not in memory any more")
    }
}
