import Foundation

/// Looks at what a node needs on this machine and says how to get what is missing.
public enum Doctor {
    /// Takes a few seconds at most; the results come in a fixed order.
    public static func run(_ settings: DoctorSettings) async -> [DoctorResult] {
        let environment = ChildEnvironment.minimal(from: ProcessInfo.processInfo.environment)
        async let python = DoctorProbes.python(settings.python, environment: environment)
        async let ollama = DoctorProbes.ollamaStatus(settings.ollamaURL, http: settings.http)
        let folder = settings.stateFolder
        let ports = settings.ports.filter { $0.port != 0 }.map { DoctorJudge.port($0, holder: PortOwner.of(port: $0.port)) }
        let own = [
            DoctorJudge.stateFolder(DoctorProbes.stateFolder(folder), path: folder),
            DoctorJudge.disk(free: DiskSpace.free(at: folder), folder: folder),
            DoctorJudge.sqlite(DoctorProbes.sqliteVersion()),
            DoctorJudge.clock(now: Date(), newestFile: DoctorProbes.newestFile(in: folder)),
        ]
        let engines = [
            DoctorJudge.python(await python, needed: settings.localEngine),
            DoctorJudge.ollama(status: await ollama, url: settings.ollamaURL, localEngine: settings.localEngine),
        ]
        return own + ports + engines
    }
}
