public import AuroraModel

/// Renders services as systemd units `aurora-NAME.service`, each in a sandbox of its own.
///
/// Secrets stand in `secrets/NAME.env`, mode 0600, which systemd itself reads before it gives up its rights.
public enum SystemdRenderer {
    public static func render(_ services: [ServiceSpec], _ context: RenderContext) throws(AuroraError) -> Rendering {
        let neighbours = Catalog.Neighbours(services: services)
        var rendering = Rendering()
        for service in services {
            let (spec, files, hasData) = try Catalog.machine(
                service, neighbours, settings: "\(context.folder)/config/\(service.name)", data: "/var/lib/aurora-\(service.name)",
                context: context)
            try MachineService.check(spec, runtime: .systemd)
            try check(spec)
            let unit = SystemdUnit(
                spec: spec, waitedFor: Set(services.flatMap(\.dependsOn).filter { $0.service == spec.name }.map(\.condition)),
                hasState: hasData, context: context)
            rendering.files.append(PlannedFile(path: "\(unit.name).service", contents: context.head("Unit of \(spec.name)") + unit.text))
            rendering.files += files.map { PlannedFile(path: String($0.path.dropFirst(context.folder.count + 1)), contents: $0.contents) }
            if let secrets = unit.secrets.systemd() { rendering.files.append(secrets) }
        }
        return rendering
    }

    private static func check(_ spec: ServiceSpec) throws(AuroraError) {
        for volume in spec.volumes {
            guard case .bind(let source) = volume.source, source.contains("\n") || volume.target.contains("\n") else { continue }
            throw AuroraError(.manifest, "service '\(spec.name)' has a path with a line end", hint: "rename the folder")
        }
    }
}
