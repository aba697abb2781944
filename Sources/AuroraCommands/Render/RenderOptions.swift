import ArgumentParser
import AuroraConfig
import AuroraLive
import AuroraModel
import AuroraServices
import Foundation

/// What every kind of rendering is asked for.
struct RenderOptions: ParsableArguments {
    @OptionGroup var manifest: ManifestOptions
    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    @Option(
        help: ArgumentHelp("Write the files into this folder; else they are printed, without those that hold secrets.", valueName: "folder")
    )
    var out: String?

    @Option(parsing: .upToNextOption, help: ArgumentHelp("Only these services, and what they depend on.", valueName: "name"))
    var service: [String] = []

    /// Renders and shows, or writes, what came of it.
    func run(_ render: ([ServiceSpec], RenderContext) throws(AuroraError) -> Rendering) throws {
        let manifest = try manifest.require()
        let folder = FilePath.absolute(out ?? ".")
        let context = RenderContext(
            mesh: manifest.mesh, node: manifest.thisNode.name,
            source: manifest.source.map { ($0 as NSString).lastPathComponent } ?? "defaults",
            stateFolder: try state.folder(), folder: folder, consolePort: manifest.ports.console == 0 ? 8004 : manifest.ports.console,
            programs: Programs.found(CatalogPrograms.names, path: ProcessInfo.processInfo.environment["PATH"]))
        let rendering = try render(try chosen(manifest.services), context)
        for note in rendering.notes { Terminal.complain("note: \(Terminal.oneLine(note))") }
        if out != nil { try RenderedFiles.write(rendering.files, to: folder) }
        try show(rendering.files, folder: folder)
    }

    private func chosen(_ services: [ServiceSpec]) throws -> [ServiceSpec] {
        guard !services.isEmpty else {
            throw AuroraError(.manifest, "the manifest has no services", hint: "add 'services:'; docs/services.md says how")
        }
        let known = services.map(\.name)
        if let unknown = service.first(where: { !known.contains($0) }) {
            let guess = nearest(to: unknown, in: known).map { "did you mean '\($0)'? " } ?? ""
            throw AuroraError(.notFound, "there is no service '\(unknown)'", hint: "\(guess)known: \(known.joined(separator: ", "))")
        }
        return service.isEmpty ? services : ServiceOrder.needed(by: Set(service), in: services)
    }

    /// The list of files that were written; else their contents, as one stream.
    private func show(_ files: [PlannedFile], folder: String) throws {
        if output.json {
            let list = files.map { RenderedFile(path: $0.path, mode: String($0.mode, radix: 8), contents: $0.isSecret ? nil : $0.contents) }
            return try output.show(list, text: "")
        }
        if out != nil {
            for file in files { print("wrote \(folder)/\(file.path)") }
            return
        }
        let shown = files.filter { !$0.isSecret }
        let isStream = shown.allSatisfy { $0.path.hasSuffix(".yaml") }
        let main = shown.filter { $0.path == "docker-compose.yml" }
        let printed = main.isEmpty ? shown : main
        for file in printed {
            if printed.count > 1, !isStream { print("# ==> \(file.path) <==") }
            Terminal.show(file.contents)
        }
        let left = files.filter { file in !printed.contains { $0.path == file.path } }.map(\.path)
        if !left.isEmpty { Terminal.complain("note: with --out there are also: \(left.joined(separator: ", "))") }
    }
}

/// One file, for programs; the contents of secrets are left out.
private struct RenderedFile: Encodable {
    let path: String
    let mode: String
    let contents: String?
}

/// Paths from the folder that the command was started in.
enum FilePath {
    static func absolute(_ path: String) -> String {
        let here = FileManager.default.currentDirectoryPath
        return URL(fileURLWithPath: path.hasPrefix("/") ? path : "\(here)/\(path)").standardizedFileURL.path
    }
}
