import ArgumentParser
import AuroraAPI
import Foundation

struct Mesh: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "See and steer the mesh: nodes, workers, models, tasks, and why a request went where it went.",
        discussion: """
            Example:
              aurora mesh status
              aurora mesh submit --message "Why is the sky blue?"
              aurora mesh explain
            """,
        subcommands: [
            ShowMesh.self, ShowWorkers.self, ShowModels.self, ExplainRequest.self, SubmitTask.self, ShowTasks.self, ShowTask.self,
            CancelTask.self, DrainNode.self, UndrainNode.self, PullModel.self, LoadModel.self, UnloadModel.self,
        ])
}

struct ShowMesh: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the nodes with their GPUs and how much they have to do.",
        discussion: """
            Example:
              aurora mesh status --json | jq .nodes
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let view = try await connection.open().get(MeshView.self, "/api/mesh")
        print(output.json ? String(decoding: try Wire.encode(view), as: UTF8.self) : MeshReport.nodes(view))
    }
}

struct ShowWorkers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workers", abstract: "Show every engine of every node: state, queue and models.",
        discussion: """
            Example:
              aurora mesh workers
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let workers = try await connection.open().get(MeshView.self, "/api/mesh").workers
        print(output.json ? String(decoding: try Wire.encode(["workers": workers]), as: UTF8.self) : MeshReport.workers(workers))
    }
}

struct ShowModels: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models", abstract: "Show the models, where they are, where they are loaded, and how fast.",
        discussion: """
            A speed with '~' is assumed: nothing was measured there yet.

            Example:
              aurora mesh models
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let models = try await connection.open().get(MeshView.self, "/api/mesh").models
        print(output.json ? String(decoding: try Wire.encode(["models": models]), as: UTF8.self) : MeshReport.models(models))
    }
}
