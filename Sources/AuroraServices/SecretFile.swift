import AuroraModel

/// The secrets of one service that no variable of the operator stands for: they lie in a file of their own, mode 0600.
struct SecretFile {
    let path: String
    private let variables: [EnvironmentVariable]

    /// For what can write `${NAME}`: only literal secrets are held.
    init(_ spec: ServiceSpec, path: String) {
        let concealment = Concealment(spec.secrets)
        self.path = path
        variables = spec.environment.filter { $0.isSecret && !$0.value.reveal().isEmpty && !concealment.touches($0.value.reveal()) }
    }

    /// For what can only name the file.
    init(_ variables: [EnvironmentVariable], path: String) { (self.path, self.variables) = (path, variables) }

    var isEmpty: Bool { variables.isEmpty }

    func holds(_ variable: EnvironmentVariable) -> Bool { variables.contains { $0.name == variable.name } }

    /// The file as container engines read it: single quotes keep everything as it is. Nil when there is nothing in it.
    func rendered() throws(AuroraError) -> PlannedFile? {
        guard !isEmpty else { return nil }
        var lines = ""
        for variable in variables {
            let value = variable.value.reveal()
            guard !value.contains(where: { $0 == "\n" || $0 == "'" || $0 == "\r\n" }) else {
                throw AuroraError(
                    .manifest, "the secret '\(variable.name)' has a line end or a single quote, which a file of variables cannot hold",
                    hint: "put it into '.env' and write \(variable.name): \"${\(variable.name)}\", or mount it as a file")
            }
            lines += "\(variable.name)='\(value)'\n"
        }
        return PlannedFile(path: path, contents: lines, mode: 0o600)
    }

    /// The file as systemd reads it (systemd.exec(5), EnvironmentFile=): in double quotes four signs are escaped.
    func systemd() -> PlannedFile? {
        let lines = variables.map { variable in
            let escaped = variable.value.reveal().map { "\"\\`$".contains($0) ? "\\\($0)" : String($0) }.joined()
            return "\(variable.name)=\"\(escaped)\"\n"
        }
        return isEmpty ? nil : PlannedFile(path: path, contents: lines.joined(), mode: 0o600)
    }

    /// The file as `kubectl create secret --from-env-file` reads it: everything behind the `=` as it is.
    func kubernetes() throws(AuroraError) -> PlannedFile? {
        for variable in variables where variable.value.reveal().contains(where: \.isNewline) {
            throw AuroraError(
                .manifest, "the secret '\(variable.name)' has several lines, which a file of variables for Kubernetes cannot hold",
                hint: "mount it as a file")
        }
        let lines = variables.map { "\($0.name)=\($0.value.reveal())\n" }
        return isEmpty ? nil : PlannedFile(path: path, contents: lines.joined(), mode: 0o600)
    }
}
