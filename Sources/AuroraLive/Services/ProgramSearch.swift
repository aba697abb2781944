import AuroraModel
import Foundation

/// Finds a program before it is started, so that a missing one is told in words.
enum ProgramSearch {
    /// Throws `notFound` with the program's name.
    static func require(_ program: String, in path: String, folder: String) throws(AuroraError) {
        guard program.contains("/") else {
            let found = path.split(separator: ":").contains { isExecutable("\($0)/\(program)") }
            if found { return }
            throw AuroraError(.notFound, "there is no program '\(program)' in PATH '\(path)'", hint: "install it, or name its path")
        }
        let whole = program.hasPrefix("/") ? program : "\(folder)/\(program)"
        guard isExecutable(whole) else {
            throw AuroraError(
                .notFound, "there is no program '\(whole)' that may be executed", hint: "install it, or check the path and its mode")
        }
    }

    private static func isExecutable(_ path: String) -> Bool {
        var facts = stat()
        return stat(path, &facts) == 0 && facts.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
    }
}
