import AuroraAdopt
import AuroraModel
import Testing

@Suite struct KeptDerivationTests {
    @Test func everyServiceOfTheTownIsKeptOnceUnderAReadableName() {
        let found = KeptDerivation.candidates(FoundTown.whole().inventory)
        #expect(
            found.map { "\($0.name) \($0.kind.rawValue) \($0.url ?? "-") \($0.ports) \($0.runs)" } == [
                "database postgres postgresql://127.0.0.1:5432/shop [] unit postgresql@15-main.service",
                "redis redis redis://127.0.0.1:6379 [] process 40",
                "nginx nginx http://127.0.0.1:80 [443] unit nginx.service",
                "backend http http://127.0.0.1:8000 [] unit backend.service",
                "ollama ollama http://127.0.0.1:11434 [] process 50",
                "shop-web container - [9000] container shop-web-1",
                "worker container - [] container worker",
                "mail-sync process - [] unit mail-sync.service",
            ])
    }

    @Test func anEntrySaysWhatWasFoundAndWhatBelongsToIt() throws {
        let found = KeptDerivation.candidates(FoundTown.whole().inventory)
        let backend = try #require(found.first { $0.name == "backend" })
        #expect(backend.health == "/health")
        #expect(backend.config == ["/etc/systemd/system/backend.service"])
        #expect(backend.found == "uvicorn main:app, pid 20, user app, since 2026-09-21 14:13 UTC")
        let nginx = try #require(found.first { $0.name == "nginx" })
        #expect(nginx.config == ["/etc/nginx", "/lib/systemd/system/nginx.service"])
        #expect(nginx.found.hasPrefix("nginx for shop.example.com, pid 30, user root, since "))
    }

    @Test func theSystemsOwnDaemonsAreSaidAndNotKept() {
        let town = FoundTown.whole()
        #expect(KeptDerivation.leftOut(town.inventory) == ["sshd (pid 80, user root, unit ssh.service) on port 22"])
    }

    @Test func aDaemonOfTheSystemOnAPortThatAuroraWantsIsKept() {
        var town = FoundTown()
        town.listen(8001, town.process(5, "cupsd", user: "root"))
        #expect(KeptDerivation.candidates(town.inventory).map(\.ports) == [[8001]])
        #expect(KeptDerivation.leftOut(town.inventory) == [])
    }

    @Test func whatAuroraRunsIsLeftOut() {
        var town = FoundTown()
        let node = town.process(5, "aurora")
        town.listen(8001, node)
        town.listen(9999, town.process(7, "llama-server", parent: town.process(6, "sh", parent: 5).pid))
        town.listen(7777, town.process(8, "other"))
        town.software.auroras = [AuroraFacts(place: ServerPlace(host: "127.0.0.1", port: 7777), version: nil)]
        town.container("aurora-redis", ports: [6379], labels: ["aurora.managed": "true"])
        #expect(KeptDerivation.candidates(town.inventory) == [])
    }

    @Test func namesThatComeAgainAreNumberedInAStableOrder() {
        var town = FoundTown()
        for port in [9200, 9100, 9300] {
            town.listen(port, town.process(Int32(port), "python3", folder: "/srv/app"))
            town.webApp(port)
        }
        let found = KeptDerivation.candidates(town.inventory)
        #expect(found.map { "\($0.name) \($0.port ?? 0)" } == ["backend 9100", "backend-2 9200", "backend-3 9300"])
        town.system.listeners.reverse()
        #expect(KeptDerivation.candidates(town.inventory) == found)
    }

    @Test func anUnknownOwnerIsKeptByItsPort() {
        var town = FoundTown()
        town.listen(9443, nil, address: "::", user: "www-data")
        town.listen(22, nil, address: "::")
        let found = KeptDerivation.candidates(town.inventory)
        #expect(found.map(\.name) == ["port-9443"])
        #expect(found.first?.found == "port held by a process that could not be seen, user www-data")
    }

    @Test func crontabsOfPeopleAreKeptAndThoseOfPackagesAreNot() throws {
        var town = FoundTown()
        town.software.cron.jobs =
            CronTable("5 4 * * * /srv/x\n@daily y\n", file: "/var/spool/cron/crontabs/app", style: .user("app")).jobs
            + CronTable("17 * * * * root run-parts /etc/cron.hourly\n", file: "/etc/crontab", style: .system).jobs
            + CronTable("1 * * * * root z\n", file: "/etc/cron.d/e2scrub_all", style: .system).jobs
            + CronTable("1 * * * * root z\n", file: "/etc/cron.d/Shop Backup", style: .system).jobs
        let found = KeptDerivation.candidates(town.inventory)
        #expect(found.map(\.name) == ["cron-app", "cron-shop-backup"])
        #expect(found.first?.config == ["/var/spool/cron/crontabs/app"])
        #expect(found.first?.found == "2 jobs of cron, user app")
    }

    @Test(arguments: [
        ("Shop_Web.1", "shop_web-1"), ("", "service"), ("--", "service"), ("_a", "a"), ("ünï", "n"), ("a  b", "a-b"),
        (String(repeating: "x", count: 99), String(repeating: "x", count: 60)),
    ])
    func anyTextBecomesAName(_ text: String, _ name: String) {
        var town = FoundTown()
        town.container(text)
        #expect(KeptDerivation.candidates(town.inventory).map(\.name) == [name])
    }
}
