import AuroraConfig
import AuroraLive
import AuroraModel
import AuroraRuntime
import AuroraServices
import AuroraSystem
import Foundation

/// The services of the manifest as processes of this machine. It is read anew each time, so that a reload takes what was changed in it.
struct ManifestServices: ServiceSource {
    let settings: NodeSettings

    func plans() throws(AuroraError) -> [ProcessPlan] {
        let manifest = try read()
        guard manifest.runtime == .process else { return [] }
        let context = RenderContext(
            mesh: manifest.mesh, node: manifest.thisNode.name, source: "aurora.yml", stateFolder: settings.stateFolder,
            folder: settings.stateFolder, consolePort: manifest.ports.console,
            programs: Programs.found(CatalogPrograms.names, path: settings.environment["PATH"]))
        var plans: [ProcessPlan] = []
        for service in manifest.services {
            let plan = try ProcessRenderer.render(service, among: manifest.services, context)
            try PlanCheck.check(plan)
            plans.append(plan)
        }
        return plans
    }

    /// What the node was started with when that came from no file.
    private func read() throws(AuroraError) -> Manifest {
        guard let path = settings.manifest.source else { return settings.manifest }
        let load = ManifestLoader.load(
            path: path, folder: FileManager.default.currentDirectoryPath, environment: settings.environment,
            host: settings.manifest.thisNode.name)
        if let manifest = load.manifest { return manifest }
        let errors = load.findings.filter { $0.severity == .error }
        throw AuroraError(
            .manifest, errors.first.map { "\($0.file):\($0.line ?? 1): \($0.reason)" } ?? "'\(path)' cannot be read",
            hint: errors.first?.fix)
    }
}
