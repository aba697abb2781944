import ArgumentParser
import AuroraConfig
import AuroraModel
import Foundation

struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write a commented aurora.yml into this folder.",
        discussion: """
            An existing file is never overwritten.

            Example:
              aurora init && aurora config check
            """)

    @Option(help: ArgumentHelp("Where to write it.", valueName: "folder"))
    var folder = "."

    func run() throws {
        try write(ManifestTemplate.text, to: folder + "/aurora.yml", mode: 0o644)
        // Secrets will stand in a file like this one.
        try write(ManifestTemplate.envExample, to: folder + "/.env.example", mode: 0o600)
        print("wrote \(folder)/aurora.yml and \(folder)/.env.example")
    }

    private func write(_ text: String, to path: String, mode: Int) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL, mode_t(mode))
        guard descriptor >= 0 else {
            let reason = errno == EEXIST ? "it exists already" : String(cString: strerror(errno))
            throw AuroraError(
                .refused, "cannot write '\(path)': \(reason)", hint: "name another folder with --folder, or move the file away")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        try file.write(contentsOf: Data(text.utf8))
        try file.synchronize()
    }
}
