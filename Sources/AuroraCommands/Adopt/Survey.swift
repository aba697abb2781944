import AuroraAdopt
import AuroraConfig
import AuroraHTTP
import AuroraLive
import AuroraModel
import Foundation

/// One look at this machine, with what goes on shown on standard error.
struct Survey {
    /// Nil when there is none yet.
    let manifest: Manifest?
    /// Of the manifest, absolute.
    let path: String
    var environment = ProcessInfo.processInfo.environment

    func take() async throws -> Inventory {
        let (clock, started, date) = (ContinuousClock(), ContinuousClock.now, Date())
        let machine = LiveMachine(environment: environment, http: try NodeHTTPClient.standalone())
        var progress = ProgressLine()
        progress.show("looking at processes, ports, units and containers")
        let system = await SystemSurvey.take(machine, environment: environment)
        progress.show("asking \(MeshReport.count(Set(system.listeners.map(\.port)).count, "port")) what answers there")
        let software = await SoftwareSurvey.take(
            machine, listeners: system.listeners, processes: system.processes, containers: system.containers, hints: hints(system))
        progress.clear()
        let seconds = (clock.now - started) / .seconds(1)
        return Inventory(system: system, software: software, takenAt: date, seconds: (seconds * 1000).rounded() / 1000)
    }

    /// What the operator has told already: the manifest's own addresses, and where files of variables lie.
    private func hints(_ system: SystemFacts) -> SurveyHints {
        var hints = SurveyHints()
        for kept in manifest?.keep ?? [] { hints.urls["keep.\(kept.name).url in \(path)"] = kept.url }
        hints.environment = environment.mapValues { Secret($0) }
        hints.home = environment["HOME"]
        hints.user = environment["USER"] ?? environment["LOGNAME"]
        let projects = system.composeProjects.compactMap(\.workingFolder)
        hints.folders = [URL(fileURLWithPath: path).deletingLastPathComponent().path] + projects
        return hints
    }
}
