import AuroraModel

@testable import AuroraServices

/// What tests render for.
let context = RenderContext(
    mesh: "home", node: "lead", source: "aurora.yml", stateFolder: "/var/lib/aurora", folder: "/srv/deploy",
    programs: ["redis-server": "/opt/redis/redis-server"])

/// A service from the catalog, as a manifest with nothing but its name gives it.
func entry(_ service: CatalogService) -> ServiceSpec {
    var spec = ServiceSpec(name: service.rawValue)
    (spec.catalog, spec.restart) = (service, .unlessStopped)
    return spec
}

/// A service of the user's own that uses most of what there is, as a container.
var webContainer: ServiceSpec {
    var spec = ServiceSpec(name: "web")
    spec.image = "ghcr.io/example/web:2"
    spec.command = ["serve", "--dsn", "postgres://app:hunter22@db/app", "--price", "$5"]
    spec.environment = [
        EnvironmentVariable("MODE", "on"), EnvironmentVariable("DATABASE_URL", "postgres://app:hunter22@db/app", isSecret: true),
        EnvironmentVariable("API_KEY", "literal-key-1", isSecret: true),
    ]
    spec.secrets = [EnvironmentVariable("DB_PASSWORD", "hunter22", isSecret: true)]
    spec.ports = [PortMapping(hostPort: 8080, port: 80), PortMapping(hostAddress: "0.0.0.0", hostPort: 5353, port: 53, isUDP: true)]
    spec.volumes = [
        VolumeMount(.bind("/srv/deploy/site"), target: "/site", isReadOnly: true), VolumeMount(.named("web_data"), target: "/data"),
        VolumeMount(.memory, target: "/tmp"), VolumeMount(.anonymous, target: "/cache"),
    ]
    spec.dependsOn = [ServiceDependency("db", .healthy)]
    spec.restart = .onFailure(limit: 3)
    spec.healthcheck = HealthCheck(.command(["curl", "-f", "http://127.0.0.1/"]))
    spec.user = "1000:1000"
    spec.labels = ["team": "web", "aurora.managed": "no"]
    (spec.resources.cpus, spec.resources.memoryBytes, spec.resources.processes) = (1.5, 512 << 20, 100)
    spec.gpus = GPUReservation(driver: "nvidia", count: .some(2))
    (spec.isReadOnly, spec.capabilitiesDropped, spec.noNewPrivileges) = (true, ["ALL"], true)
    spec.extraHosts = ["db.local:10.0.0.5"]
    return spec
}

/// A service of the user's own that runs as a program of the machine.
var worker: ServiceSpec {
    var spec = ServiceSpec(name: "worker")
    spec.command = ["/usr/bin/python3", "work er.py", "--password", "hunter22", "100%", "$HOME", "a\"b"]
    spec.workingDir = "/srv/worker"
    spec.fileEnvironment = [
        EnvironmentVariable("FROM_FILE", "file-secret", isSecret: true), EnvironmentVariable("MODE", "file", isSecret: true),
    ]
    spec.envFiles = ["/srv/worker/app.env"]
    spec.environment = [EnvironmentVariable("MODE", "100% \"on\""), EnvironmentVariable("TOKEN", "a$b\"c\\d", isSecret: true)]
    spec.secrets = [EnvironmentVariable("DB_PASSWORD", "hunter22", isSecret: true)]
    spec.user = "nobody:nogroup"
    spec.restart = .unlessStopped
    spec.dependsOn = [ServiceDependency("redis", .healthy)]
    (spec.resources.cpus, spec.resources.memoryBytes, spec.resources.processes) = (1.5, 512 << 20, 100)
    (spec.stopGraceSeconds, spec.stopSignal) = (90, "SIGINT")
    return spec
}

extension Rendering {
    func file(_ path: String) -> String? { files.first { $0.path == path }?.contents }
    /// Everything that others may read.
    var open: String { files.filter { !$0.isSecret }.map(\.contents).joined() }
}
