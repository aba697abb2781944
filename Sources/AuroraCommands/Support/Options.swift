import ArgumentParser
import AuroraAPI
import AuroraConfig
import AuroraModel
import AuroraStore
import Foundation

/// Where the manifest is.
struct ManifestOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .long],
        help: ArgumentHelp("The manifest; else aurora.yml in this folder, else defaults.", valueName: "file"))
    var manifest: String?

    func load() -> ManifestLoad {
        ManifestLoader.load(
            path: manifest, folder: FileManager.default.currentDirectoryPath, environment: ProcessInfo.processInfo.environment,
            host: ProcessInfo.processInfo.hostName)
    }

    /// The manifest, its warnings printed; throws `manifest` after printing every finding when it has errors.
    func require() throws -> Manifest {
        let load = load()
        for finding in load.findings { Terminal.complain("\(finding)") }
        guard let manifest = load.manifest else {
            let count = load.findings.count { $0.severity == .error }
            throw AuroraError(
                .manifest, "the manifest has \(count) error\(count == 1 ? "" : "s")",
                hint: "correct them; 'aurora config check' shows them again")
        }
        return manifest
    }
}

/// Where a node keeps its state, which is also how the CLI finds it.
struct StateOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The node's state folder; else AURORA_STATE, else the usual place.", valueName: "folder"))
    var state: String?

    func folder() throws -> String {
        guard let state else { return try StateFolder.defaultPath() }
        return state.hasPrefix("/") ? state : FileManager.default.currentDirectoryPath + "/" + state
    }
}

/// Output for programs.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON for programs.")
    var json = false

    /// The value as JSON for programs, or the text for people.
    func show(_ value: some Encodable, text: @autoclosure () -> String) throws {
        guard json else { return print(text()) }
        print(String(decoding: try Wire.encode(value), as: UTF8.self))
    }
}
