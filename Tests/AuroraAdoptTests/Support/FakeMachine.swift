import AuroraAdopt
import AuroraModel
import AuroraSystem

/// A machine made of dictionaries.
struct FakeMachine: MachineReading {
    typealias Answer = (status: Int, headers: [String: String], body: [UInt8])

    /// Content by path; the folders above are there of themselves.
    var files: [String: String] = [:]
    /// Folders without a file in them.
    var folders: Set<String> = []
    var links: [String: String] = [:]
    /// Files and folders that this user may not open.
    var forbidden: Set<String> = []
    /// By the program and its arguments, joined with blanks. A program of which no call is here does not exist.
    var commands: [String: CommandEnd] = [:]
    /// Calls, joined with blanks, that do not end in time.
    var hanging: Set<String> = []
    /// What a port says, whatever it is sent.
    var ports: [Int: [UInt8]] = [:]
    /// By URL.
    var pages: [String: Answer] = [:]

    func read(_ path: String, limit: Int) throws(AuroraError) -> [UInt8]? {
        try check(path)
        return files[path].map { Array($0.utf8.prefix(limit)) }
    }

    func list(_ folder: String) throws(AuroraError) -> [String]? {
        try check(folder)
        let prefix = folder.hasSuffix("/") ? folder : folder + "/"
        let below = (Array(files.keys) + Array(links.keys) + Array(folders)).filter { $0.hasPrefix(prefix) }
        let names = Set(below.compactMap { $0.dropFirst(prefix.count).split(separator: "/").first.map(String.init) })
        return names.isEmpty && !folders.contains(folder) ? nil : names.sorted()
    }

    func isFolder(_ path: String) -> Bool {
        folders.contains(path) || (Array(files.keys) + Array(links.keys) + Array(folders)).contains { $0.hasPrefix(path + "/") }
    }

    func linkTarget(_ path: String) -> String? { links[path] }

    func run(
        _ program: String, _ arguments: [String], environment: [String: String], limit: Duration
    ) async throws(AuroraError) -> CommandEnd? {
        let call = ([program] + arguments).joined(separator: " ")
        if hanging.contains(call) { throw AuroraError(.timedOut, "'\(program)' did not end within \(limit)") }
        if let end = commands[call] { return end }
        guard commands.keys.contains(where: { $0 == program || $0.hasPrefix(program + " ") }) else { return nil }
        return CommandEnd(exitCode: 1, sentence: "ended with exit code 1", output: "\(program): unknown arguments")
    }

    func exchange(
        port: Int, host: String, send: [UInt8], limit: Int, timeout: Duration, until: @Sendable ([UInt8]) -> Bool
    ) async -> [UInt8]? {
        ports[port].map { Array($0.prefix(limit)) }
    }

    func get(_ url: String, timeout: Duration) async -> Answer? { pages[url] }

    private func check(_ path: String) throws(AuroraError) {
        guard forbidden.contains(path) else { return }
        throw AuroraError(.forbidden, "cannot open '\(path)': Permission denied", hint: "run it as root")
    }
}

extension CommandEnd {
    /// A command that did what it was asked to.
    static func done(_ output: String) -> CommandEnd { CommandEnd(exitCode: 0, sentence: "ended with exit code 0", output: output) }
    /// A command that did not.
    static func failed(_ output: String, code: Int32 = 1) -> CommandEnd {
        CommandEnd(exitCode: code, sentence: "ended with exit code \(code)", output: output)
    }
}
