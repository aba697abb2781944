import ArgumentParser
import AuroraConfig
import AuroraModel
import Foundation

struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the manifest, or show what it comes to.",
        discussion: """
            Example:
              aurora config check -f aurora.yml
            """,
        subcommands: [ConfigCheck.self, ConfigShow.self])
}

struct ConfigCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Print every finding in the manifest, with line, reason and fix.",
        discussion: """
            Exits 0 when the manifest can run (warnings included) and 2 when it cannot.

            Example:
              aurora config check --json
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let load = manifest.load()
        if output.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            print("{\"findings\":\(String(decoding: try encoder.encode(load.findings), as: UTF8.self)),\"ok\":\(load.manifest != nil)}")
        } else {
            for finding in load.findings { print(finding) }
            if load.findings.isEmpty { print("\(load.manifest?.source ?? "defaults (no aurora.yml here)"): no findings") }
        }
        if load.manifest == nil { throw ExitCode(2) }
    }
}

struct ConfigShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show the resolved manifest, defaults filled in, secrets as ***.",
        discussion: """
            Example:
              aurora config show --json
            """)

    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        let manifest = try manifest.require()
        print(output.json ? ManifestRenderer.json(manifest) : ManifestRenderer.yaml(manifest))
    }
}
