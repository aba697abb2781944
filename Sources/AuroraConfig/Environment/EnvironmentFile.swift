public import AuroraModel

/// The `.env` beside a manifest, for those who need to know what it holds.
public enum EnvironmentFile {
    /// The variables of the file; empty when there is none or it cannot be read, which the loader reports.
    /// - Parameter environment: the process environment, which wins inside `${NAME}` of the file.
    public static func values(beside manifest: String, environment: [String: String]) -> [String: Secret] {
        guard case .text(let text) = TextFile.read(FilePaths.sibling(".env", of: manifest), shown: ".env") else { return [:] }
        let file = DotEnv(text, file: ".env", environment: environment)
        return file.values.mapValues { Secret($0) }
    }
}
