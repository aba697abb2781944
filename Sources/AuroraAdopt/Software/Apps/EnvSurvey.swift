import AuroraModel

/// Reads the `.env` files beside what runs.
enum EnvSurvey {
    static let names = [".env", ".env.local", ".env.production"]
    private static let folderLimit = 100
    private static let sizeLimit = 1 << 18

    /// Folders of the operator first, then those of compose projects and of web applications.
    static func folders(_ hints: SurveyHints, _ processes: [ProcessFacts], _ containers: [ContainerFacts]) -> [String] {
        let projects = containers.compactMap { $0.labels["com.docker.compose.project.working_dir"] }
        let apps = processes.filter { $0.container == nil && WebApp($0) != nil }.compactMap(\.workingFolder)
        var seen: Set<String> = []
        return (hints.folders + projects.sorted() + apps.sorted()).filter { $0 != "/" && seen.insert($0).inserted }
    }

    static func take(_ machine: any MachineReading, folders: [String]) -> (files: [EnvFile], unseen: [Unseen]) {
        var files: [EnvFile] = []
        var unseen: [Unseen] = []
        for folder in folders.prefix(folderLimit) {
            for name in names {
                let path = Paths.absolute(name, in: folder)
                do {
                    guard let text = try machine.text(path, limit: sizeLimit) else { continue }
                    files.append(EnvFile(text, path: path))
                } catch {
                    unseen.append(Unseen("variables of '\(path)'", why: error.message, fix: error.hint ?? "run it as root"))
                }
            }
        }
        return (files, unseen)
    }
}
