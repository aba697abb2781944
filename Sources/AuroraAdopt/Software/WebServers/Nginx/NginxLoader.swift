import AuroraModel

/// A whole configuration of nginx: the main file, with every `include` replaced by what it brings in.
struct NginxLoader {
    private var files: ConfigFiles
    /// Includes are relative to the folder of the main file.
    private let folder: String

    /// - Returns: what could be read; what could not is told in `unseen`.
    static func load(
        _ mainFile: String, on machine: any MachineReading
    ) -> (directives: [NginxDirective], files: [String], unseen: [Unseen]) {
        var loader = NginxLoader(files: ConfigFiles(machine), folder: Paths.folder(of: mainFile))
        let directives = loader.directives(of: mainFile, from: nil)
        return (directives, loader.files.read, loader.files.unseen)
    }

    private init(files: ConfigFiles, folder: String) { (self.files, self.folder) = (files, folder) }

    private mutating func directives(of path: String, from place: FilePlace?) -> [NginxDirective] {
        guard let bytes = files.enter(path, from: place) else { return [] }
        defer { files.leave() }
        let (directives, problem) = NginxParser.parse(bytes, file: path)
        if let problem {
            files.miss("\(problem.place): the rest of this file", why: problem.reason, fix: "let 'nginx -t' check the configuration")
        }
        return expanded(directives)
    }

    private mutating func expanded(_ directives: [NginxDirective]) -> [NginxDirective] {
        var result: [NginxDirective] = []
        for var directive in directives {
            if directive.name == "include", directive.block == nil, let written = directive.arguments.first {
                for path in files.expand(Paths.absolute(written, in: folder), from: directive.place) {
                    result += self.directives(of: path, from: directive.place)
                }
                continue
            }
            if let block = directive.block { directive.block = expanded(block) }
            result.append(directive)
        }
        return result
    }
}
