import ArgumentParser
import AuroraAdopt
import AuroraConfig
import AuroraHTTP
import AuroraLive
import AuroraModel
import Foundation

struct Adopt: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at what runs on this machine, and write it into the manifest as kept.",
        discussion: """
            Only looks: it starts, stops and signals nothing, and writes nothing but the manifest and the .env.example beside it. Run
            again, it adds what is new under 'keep:', marks what is gone, and leaves every byte that you wrote. With --json it prints
            the whole inventory, and writes only where --manifest names the file.

            Example:
              aurora adopt
              aurora adopt --dry-run
              aurora adopt --json | jq .inventory.system.listeners
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: OutputOptions

    @Flag(help: "Write nothing; show what would be written.")
    var dryRun = false

    func run() async throws {
        let shown = manifest.manifest ?? "aurora.yml"
        let path = Self.absolute(shown)
        let file = try EditedFile(path)
        let example = try EditedFile(URL(fileURLWithPath: path).deletingLastPathComponent().path + "/.env.example")
        // A manifest with errors is not edited: its findings are printed before anything is looked at.
        let current = file.bytes == nil ? nil : try manifest.require()
        let inventory = try await Survey(manifest: current, path: path).take()
        let variables = EnvironmentFile.values(beside: path, environment: ProcessInfo.processInfo.environment)
        let adoption = try Adoption(
            inventory, file: file, exampleFile: example, manifest: current, variables: variables, shown: shown)
        let writes = !dryRun && (!output.json || manifest.manifest != nil)
        if writes { try adoption.write() }
        let report = AdoptReport(adoption, manifest: shown, isWritten: writes)
        if output.json { print(try report.json()) } else { print(report.text) }
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }
}
