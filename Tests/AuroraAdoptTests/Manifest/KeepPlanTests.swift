import AuroraAdopt
import AuroraModel
import Testing

@Suite struct KeepPlanTests {
    private func plan(_ town: FoundTown, keep: [KeptService] = [], engines: [EngineSpec] = []) -> KeepPlan {
        KeepPlan(found: KeptDerivation.candidates(town.inventory), keep: keep, engines: engines, inventory: town.inventory)
    }

    /// What a manifest says after everything was added to it.
    private func kept(_ town: FoundTown) -> [KeptService] {
        KeptDerivation.candidates(town.inventory).map {
            KeptService(
                name: $0.name, kind: $0.kind, url: $0.url.map { Secret($0) }, unit: $0.unit, container: $0.container, ports: $0.ports,
                config: $0.config)
        }
    }

    @Test func everythingIsNewToAnEmptyManifest() {
        let plan = plan(.whole())
        #expect(plan.added.count == 8 && plan.added == plan.found && plan.gone == [] && plan.present == [])
    }

    @Test func theSecondLookFindsNothingNew() {
        let plan = plan(.whole(), keep: kept(.whole()))
        #expect(plan.added == [] && plan.gone == [] && plan.moved == [])
        #expect(plan.present.count == 8)
    }

    @Test func whatIsKeptUnderAnotherNameIsNotAddedAgain() {
        var town = FoundTown()
        town.listen(8000, town.process(5, "python3"), address: "0.0.0.0")
        for url in ["http://localhost:8000", "http://127.0.0.1:8000/api", "https://[::1]:8000"] {
            let plan = plan(town, keep: [KeptService(name: "mine", kind: .http, url: Secret(url))])
            #expect(plan.added == [] && plan.found.map(\.name) == ["mine"] && plan.present == ["mine"])
        }
    }

    @Test func anEngineOfTheManifestIsNotKeptASecondTime() {
        var town = FoundTown()
        town.listen(11434, town.process(50, "ollama"))
        town.software.engines = [EngineFacts(kind: .ollama, place: ServerPlace(host: "127.0.0.1", port: 11434))]
        let engine = EngineSpec(name: "gpu", kind: .ollama, url: "http://localhost:11434", source: .manifest)
        #expect(plan(town, engines: [engine]).added == [])
        let far = EngineSpec(name: "ollama", kind: .ollama, url: "http://10.0.0.20:11434", source: .manifest)
        #expect(plan(town, engines: [far]).added.map(\.name) == ["ollama-2"])
    }

    @Test func whatIsGoneIsToldAndWhatCannotBeToldIsNot() {
        var town = FoundTown.whole()
        town.system.listeners.removeAll { $0.port == 8000 }
        town.system.units.removeAll { $0.name == "mail-sync.service" || $0.name == "backend.service" }
        let far = KeptService(name: "far", kind: .http, url: Secret("http://192.0.2.1:80"))
        let odd = KeptService(name: "odd", kind: .postgres, url: Secret("postgresql://a,b/c"))
        #expect(plan(town, keep: kept(.whole()) + [far, odd]).gone == ["backend", "mail-sync"])
    }

    @Test func withoutDockerAndSystemdNothingOfThemIsGone() {
        var town = FoundTown.whole()
        let keep = kept(town)
        town.system.containers = []
        town.system.listeners.removeAll { $0.port == 9000 }
        town.system.units = []
        town.system.host.hasSystemd = false
        #expect(plan(town, keep: keep).gone == [])
    }

    @Test func whatRunsElsewhereThanTheManifestSaysIsToldAndNotAdded() {
        var town = FoundTown.whole()
        let keep = kept(town)
        town.system.listeners = town.system.listeners.map {
            var listener = $0
            if listener.port == 8000 { listener.port = 8010 }
            return listener
        }
        let plan = plan(town, keep: keep)
        #expect(plan.added == [] && plan.gone == [])
        #expect(plan.moved.map { "\($0.name): \($0.written) → \($0.found)" } == ["backend: port 8000 → port 8010 (unit backend.service)"])
    }

    @Test func namesInUseAreNotTaken() {
        let town = FoundTown.whole()
        let far = KeptService(name: "database", kind: .postgres, url: Secret("postgresql://db.example.com/x"))
        #expect(plan(town, keep: [far]).added.first?.name == "database-2")
    }
}

@Suite struct PortPlanTests {
    private func propose(_ town: FoundTown) -> (ports: PortsProposal, clashes: [PortPlan.Clash]) {
        PortPlan.propose(gateway: 8001, chat: 8003, console: 8004, beside: town.inventory)
    }

    @Test func freePortsStayAsTheyAre() {
        #expect(propose(.whole()).ports == PortsProposal(gateway: 8001, chat: 8003, console: 8004))
    }

    @Test func aTakenPortIsReplacedByTheNextFreeOneAndItsOwnerNamed() {
        var town = FoundTown()
        town.listen(8001, town.process(12, "uwsgi", user: "www-data", unit: "shop.service"))
        town.container("web", ports: [8004])
        town.listen(8005, nil)
        let (ports, clashes) = propose(town)
        #expect((ports.gateway, ports.chat, ports.console) == (8006, 8003, 8007))
        #expect(
            ports.reasons == [
                "Port 8001 is held by uwsgi (pid 12, user www-data, unit shop.service), so gateway takes 8006.",
                "Port 8004 is held by container web, so console takes 8007.",
            ])
        #expect(clashes.map(\.proposal) == [8006, 8007])
    }

    @Test func anAuroraThatRunsIsNotInItsOwnWay() {
        var town = FoundTown()
        let node = town.process(5, "aurora")
        for port in [8001, 8003, 8004] { town.listen(port, node) }
        #expect(propose(town).clashes == [])
    }
}

@Suite struct NamedAddressTests {
    private func found(_ variables: [String: String]) -> [KeptCandidate] {
        KeptDerivation.candidates(FoundTown.whole().inventory, variables: variables.mapValues { Secret($0) })
    }

    @Test(arguments: [
        (["DATABASE_URL": "postgresql://app:pw@localhost:5432/shop"], "${DATABASE_URL}"),
        (["ZZ": "postgres://127.0.0.1/x", "DATABASE_URL": "postgresql://app:pw@127.0.0.1/shop"], "${DATABASE_URL}"),
        (["DATABASE_URL": "postgresql+asyncpg://app:pw@localhost:5432/shop"], "postgresql://127.0.0.1:5432/shop"),
        (["DATABASE_URL": "not a url %%% ://"], "postgresql://127.0.0.1:5432/shop"),
        (
            ["DB_PRIMARY_HOST": "localhost", "DB_PRIMARY_PORT": "5432", "DB_USER": "app", "DB_PASSWORD": "p/w"],
            "postgresql://${DB_USER}@${DB_PRIMARY_HOST}:${DB_PRIMARY_PORT}/postgres"
        ),
        (
            ["DB_PRIMARY_HOST": "127.0.0.1", "DB_PRIMARY_PORT": "5432", "DB_USER": "app", "DB_PASSWORD": "pw", "DB_NAME": "shop"],
            "postgresql://${DB_USER}:${DB_PASSWORD}@${DB_PRIMARY_HOST}:${DB_PRIMARY_PORT}/${DB_NAME}"
        ),
    ])
    func credentialsAreReferredToByName(_ variables: [String: String], _ url: String) {
        #expect(found(variables).filter { $0.kind == .postgres }.map(\.url) == [url])
    }

    @Test func aDatabaseElsewhereIsKeptOnceUnderWhateverName() {
        let variables = ["DATABASE_URL": "postgresql://a:b@db.example.com/x", "OTHER": "postgresql://c@DB.example.com:5432/y"]
        let secrets = variables.mapValues { Secret($0) }
        let inventory = FoundTown().inventory
        let candidates = KeptDerivation.candidates(inventory, variables: secrets)
        #expect(candidates.map(\.url) == ["${DATABASE_URL}"])
        let mine = KeptService(name: "primary", kind: .postgres, url: Secret("postgresql://db.example.com:5432/z"))
        let plan = KeepPlan(found: candidates, keep: [mine], engines: [], inventory: inventory, variables: secrets)
        #expect(plan.added == [] && plan.gone == [])
    }
}
