public import AuroraModel

/// Renders one service as a child process of the node.
public enum ProcessRenderer {
    /// - Parameter others: every service of the node, for settings that name their addresses.
    public static func render(
        _ service: ServiceSpec, among others: [ServiceSpec], _ context: RenderContext
    ) throws(AuroraError) -> ProcessPlan {
        let home = context.home(of: service.name)
        let (spec, files, hasData) = try Catalog.machine(
            service, Catalog.Neighbours(services: others), settings: "\(home)/config", data: "\(home)/data", context: context)
        try MachineService.check(spec, runtime: .process)
        try checkVolumes(spec)
        return ProcessPlan(
            name: spec.name, arguments: MachineService.words(spec), environment: environment(spec, context),
            folder: spec.workingDir ?? home, user: spec.user, files: files,
            folders: [home] + (files.isEmpty ? [] : ["\(home)/config"]) + (hasData ? ["\(home)/data"] : []), healthcheck: spec.healthcheck,
            restart: spec.restart, dependsOn: spec.dependsOn, resources: spec.resources, stopGraceSeconds: spec.stopGraceSeconds,
            stopSignal: spec.stopSignal, ports: spec.ports)
    }

    /// What later parts say wins over what earlier ones say; GPUs that were reserved are the only ones that CUDA shows.
    private static func environment(_ spec: ServiceSpec, _ context: RenderContext) -> [EnvironmentVariable] {
        var places: [String: Int] = [:]
        var result: [EnvironmentVariable] = []
        for variable in context.environment + (spec.gpus.map(MachineService.visible) ?? []) + spec.fileEnvironment + spec.environment {
            if let place = places[variable.name] {
                result[place] = variable
            } else {
                places[variable.name] = result.count
                result.append(variable)
            }
        }
        return result
    }

    private static func checkVolumes(_ spec: ServiceSpec) throws(AuroraError) {
        for volume in spec.volumes where volume.source != .bind(volume.target) {
            throw AuroraError(
                .manifest,
                "service '\(spec.name)' has a volume at '\(volume.target)', and a process sees the folders of the machine as they are",
                hint: "use the path of the machine itself, or runtime: systemd or compose")
        }
    }
}

/// Rules for services that run as programs of the machine, by whatever starts them.
enum MachineService {
    static func words(_ spec: ServiceSpec) -> [String] { (spec.entrypoint ?? []) + (spec.command ?? []) }

    static func check(_ spec: ServiceSpec, runtime: ServiceRuntime) throws(AuroraError) {
        let from = spec.build != nil ? "is built as an image" : "runs from the image '\(spec.image ?? "")'"
        guard spec.build == nil, spec.image == nil || spec.catalog != nil else {
            throw AuroraError(
                .manifest, "service '\(spec.name)' \(from), which the runtime '\(runtime.rawValue)' cannot run",
                hint: "use runtime: compose, render it for Kubernetes, or replace the image by a 'command' of this machine")
        }
        guard words(spec).first?.isEmpty == false else {
            throw AuroraError(.manifest, "service '\(spec.name)' names no program", hint: "give it a 'command'")
        }
        for port in spec.ports where port.hostPort.map({ $0 != port.port }) ?? false {
            throw AuroraError(
                .manifest, "service '\(spec.name)' has port \(port.port) at \(port.hostPort ?? 0), and a program opens its ports itself",
                hint: "let it listen on \(port.hostPort ?? 0), and write that port on both sides")
        }
        if let host = spec.extraHosts.first {
            throw AuroraError(
                .manifest, "service '\(spec.name)' has 'extra_hosts' (\(host)), and a program resolves names as the machine does",
                hint: "put the name into /etc/hosts, or use runtime: compose")
        }
    }

    /// The GPUs that CUDA programs get to see.
    static func visible(_ gpus: GPUReservation) -> [EnvironmentVariable] {
        switch gpus.count {
        case .all: []
        case .some(let count): [EnvironmentVariable("CUDA_VISIBLE_DEVICES", (0..<max(0, count)).map(String.init).joined(separator: ","))]
        case .devices(let ids): [EnvironmentVariable("CUDA_VISIBLE_DEVICES", ids.joined(separator: ","))]
        }
    }
}
