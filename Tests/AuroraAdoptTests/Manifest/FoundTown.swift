import AuroraAdopt
import AuroraModel
import Foundation

/// A server that somebody set up by hand, as values.
struct FoundTown {
    var system = SystemFacts()
    var software = SoftwareFacts()

    static let day = Date(timeIntervalSince1970: 1_795_000_000)

    var inventory: Inventory { Inventory(system: system, software: software, takenAt: Self.day, seconds: 1) }

    @discardableResult
    mutating func process(
        _ pid: Int32, _ name: String, parent: Int32? = 1, user: String = "app", unit: String? = nil, folder: String? = nil,
        container: String? = nil
    ) -> ProcessFacts {
        let process = ProcessFacts(
            pid: pid, parent: parent, name: name, user: user, startedAt: Date(timeIntervalSince1970: 1_790_000_000), workingFolder: folder,
            unit: unit, container: container)
        system.processes.append(process)
        return process
    }

    mutating func listen(
        _ port: Int, _ owner: ProcessFacts?, address: String = "127.0.0.1", _ transport: Listener.Transport = .tcp, user: String? = nil
    ) {
        system.listeners.append(Listener(transport, address: address, port: port, owner: owner, user: user))
    }

    mutating func container(
        _ name: String, ports: [Int] = [], project: String? = nil, service: String? = nil, labels: [String: String] = [:],
        state: String = "running"
    ) {
        let mapped = ports.map { PortMapping(hostPort: $0, port: 80) }
        system.containers.append(
            ContainerFacts(
                id: String(repeating: name.utf8.first.map { String($0, radix: 16) } ?? "0", count: 32), name: name, image: "\(name):1",
                state: state, ports: mapped, labels: labels, project: project, service: service))
    }

    mutating func webApp(_ port: Int, runner: String = "uvicorn", app: String? = "main:app", health: String? = "/health") {
        var facts = WebAppFacts(runner: runner)
        facts.place = ServerPlace(host: "127.0.0.1", port: port)
        facts.app = app
        facts.healthPath = health
        software.webApps.append(facts)
    }

    /// PostgreSQL, a backend in a unit, nginx, Redis, Ollama, a compose project, a worker and a crontab.
    static func whole() -> FoundTown {
        var town = FoundTown()
        town.system.host.hasSystemd = true
        town.system.units = [
            UnitFacts(name: "backend.service", state: "active", mainPid: 20, files: ["/etc/systemd/system/backend.service"]),
            UnitFacts(
                name: "mail-sync.service", description: "Mail", state: "active", mainPid: 60,
                files: ["/etc/systemd/system/mail-sync.service"]),
            UnitFacts(name: "nginx.service", state: "active", mainPid: 30, files: ["/lib/systemd/system/nginx.service"]),
            UnitFacts(name: "cron.service", state: "active", files: ["/lib/systemd/system/cron.service"]),
        ]
        let database = town.process(10, "postgres", user: "postgres", unit: "postgresql@15-main.service")
        town.listen(5432, database)
        var facts = PostgresFacts(place: ServerPlace(host: "127.0.0.1", port: 5432))
        facts.version = "15.8"
        facts.databases = [.init(name: "postgres", bytes: 1), .init(name: "shop", bytes: 2)]
        town.software.postgres = [facts]
        town.listen(8000, town.process(20, "python3", unit: "backend.service", folder: "/opt/shop/backend"))
        town.webApp(8000)
        let nginx = town.process(30, "nginx", user: "root", unit: "nginx.service")
        for port in [443, 80] { town.listen(port, nginx, address: "0.0.0.0") }
        var server = WebServerFacts(kind: .nginx, mainFile: "/etc/nginx/nginx.conf")
        server.files = ["/etc/nginx/nginx.conf", "/etc/nginx/sites-enabled/shop"]
        var site = WebSite(place: FilePlace("/etc/nginx/sites-enabled/shop", 1))
        site.names = ["shop.example.com"]
        site.listens = [WebListen(port: 443, isTLS: true), WebListen(port: 80)]
        server.sites = [site]
        town.software.webServers = [server]
        town.listen(6379, town.process(40, "redis-server", user: "redis"))
        town.software.redis = [RedisFacts(place: ServerPlace(host: "127.0.0.1", port: 6379))]
        town.listen(11434, town.process(50, "ollama"))
        town.software.engines = [EngineFacts(kind: .ollama, place: ServerPlace(host: "127.0.0.1", port: 11434))]
        town.process(60, "python3", unit: "mail-sync.service")
        town.container("shop-web-1", ports: [9000], project: "shop", service: "web")
        town.listen(9000, town.process(70, "docker-proxy", user: "root", unit: "docker.service"))
        town.container("worker")
        town.listen(22, town.process(80, "sshd", user: "root", unit: "ssh.service"), address: "0.0.0.0")
        town.listen(68, town.process(81, "dhclient", user: "root"), address: "0.0.0.0", .udp)
        return town
    }
}
