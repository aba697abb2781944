import AuroraModel

/// The variables that a file of the operator may use, and which of them are secrets.
struct ManifestVariables: Sendable {
    var values: [String: String]
    /// Names that a `.env` file sets.
    var fromFile: Set<String> = []

    /// Whether the value is not to be written where others read: it came from `.env`, or the name says so.
    func isSecret(_ name: String) -> Bool { fromFile.contains(name) || SecretNames.isSecret(name) }

    /// The process environment and the `.env` file beside `file`; the environment wins.
    static func read(beside file: String, in folder: String, environment: [String: String]) -> (ManifestVariables, [Finding]) {
        read("\(folder)/.env", shown: FilePaths.sibling(".env", of: file), environment: environment)
    }

    /// The process environment and one file of variables, which need not exist; the environment wins.
    static func read(_ path: String, shown: String, environment: [String: String]) -> (ManifestVariables, [Finding]) {
        switch TextFile.read(path, shown: shown) {
        case .missing: return (ManifestVariables(values: environment), [])
        case .wrong(let finding): return (ManifestVariables(values: environment), [finding])
        case .text(let text):
            let file = DotEnv(text, file: shown, environment: environment)
            let values = file.values.merging(environment) { _, environment in environment }
            return (ManifestVariables(values: values, fromFile: Set(file.values.keys)), file.findings)
        }
    }
}
