import AuroraModel
import AuroraTestSupport
import Testing

@testable import AuroraAdopt

struct ProbeTests {
    static func owner(_ name: String, _ arguments: [String] = [], executable: String? = nil) -> ProcessFacts {
        ProcessFacts(pid: 7, name: name, arguments: arguments, executable: executable, workingFolder: "/srv/app")
    }

    static func listener(_ port: Int, _ owner: ProcessFacts?, address: String = "127.0.0.1") -> Listener {
        Listener(.tcp, address: address, port: port, owner: owner)
    }

    static func probe(_ kind: ProbeKind, _ port: Int, owner: ProcessFacts? = owner("x")) -> Probe {
        Probe(kind: kind, place: ServerPlace(host: "127.0.0.1", port: port, pid: owner?.pid), listener: listener(port, owner))
    }

    static func take(_ machine: FakeMachine, _ listeners: [Listener], hints: SurveyHints = SurveyHints()) async -> SoftwareFacts {
        await SoftwareSurvey.take(machine, listeners: listeners, processes: [], containers: [], hints: hints, clock: ManualClock())
    }

    static func page(_ body: String, status: Int = 200, server: String? = nil) -> FakeMachine.Answer {
        (status, server.map { ["Server": $0] } ?? [:], Array(body.utf8))
    }

    @Test(
        arguments: [
            (25, "sendmail"), (22, "sshd"), (25, nil), (22, nil), (53, "systemd-resolve"), (80, "nginx"), (8000, "java"), (8080, "kafka"),
            (8000, "sshd"),
            (3306, "mysqld"), (631, "cupsd"),
        ] as [(Int, String?)])
    func aDaemonOfUnknownKindIsNeverAsked(_ port: Int, _ name: String?) {
        let listener = Self.listener(port, name.map { Self.owner($0, [$0]) })
        #expect(ProbePlan.probes([listener], containers: []).probes.isEmpty)
    }

    @Test func ownersImagesAndNumbersSayWhatIsAsked() {
        let containers = [
            ContainerFacts(
                id: "c1", name: "db", image: "reg.test/library/postgres:16", state: "running",
                ports: [PortMapping(hostPort: 15432, port: 5432)]),
            ContainerFacts(id: "c2", name: "web", image: "my/web:1", state: "running", ports: [PortMapping(hostPort: 8081, port: 80)]),
            ContainerFacts(
                id: "c3", name: "llm", image: "vllm/vllm-openai@sha256:00", state: "running",
                ports: [PortMapping(hostPort: 9999, port: 8000)]),
        ]
        let proxy = Self.owner("docker-proxy")
        let listeners = [
            Self.listener(15432, proxy), Self.listener(8081, proxy), Self.listener(9999, proxy),
            Self.listener(5433, Self.owner("postgres")),
            Self.listener(5432, nil), Self.listener(6380, Self.owner("valkey-server")), Self.listener(8000, nil),
            Self.listener(9000, Self.owner("python3", ["python3", "-m", "uvicorn", "main:app"])), Self.listener(7000, Self.owner("ollama")),
            Self.listener(8002, Self.owner("python3", ["/v/bin/python3", "-m", "vllm.entrypoints.openai.api_server"])),
        ]
        let kinds = Dictionary(ProbePlan.probes(listeners, containers: containers).probes.map { ($0.place.port, $0.kind) }) { $1 }
        #expect(kinds[15432] == .postgres)
        #expect(kinds[8081] == nil)
        #expect(kinds[9999] == .engine)
        #expect(kinds[5433] == .postgres && kinds[5432] == .postgres && kinds[6380] == .redis && kinds[7000] == .ollama)
        #expect(kinds[8000] == .engine && kinds[8002] == .engine)
        guard case .webApp(let app) = kinds[9000] else {
            Issue.record("no web application on 9000")
            return
        }
        #expect(app.app == "main:app")
    }

    @Test func aPortIsAskedOnceAndOnlyOnLoopback() {
        let redis = Self.owner("redis-server")
        let (probes, unseen) = ProbePlan.probes(
            [
                Self.listener(6379, redis, address: "10.0.0.5"), Self.listener(6379, redis, address: "::"),
                Self.listener(6379, redis, address: "127.0.0.1"),
                Self.listener(6380, redis, address: "10.0.0.5"), Self.listener(6381, redis, address: "::1"),
            ], containers: [])
        #expect(probes.map(\.url) == ["http://127.0.0.1:6379", "http://[::1]:6381"])
        #expect(unseen.map(\.what) == ["what answers at 10.0.0.5:6380"])
    }

    @Test func ollamaTellsItsModels() async {
        var machine = FakeMachine()
        machine.pages["http://127.0.0.1:11434/api/version"] = Self.page(#"{"version":"0.5.1"}"#)
        machine.pages["http://127.0.0.1:11434/api/tags"] = Self.page(#"{"models":[{"name":"qwen:7b","size":1},{"name":"llama3"}]}"#)
        machine.pages["http://127.0.0.1:11434/api/ps"] = Self.page(#"{"models":[{"name":"llama3"}]}"#)
        let engine = await Self.take(machine, [Self.listener(11434, Self.owner("ollama"))]).engines.first
        #expect(engine?.kind == .ollama && engine?.version == "0.5.1")
        #expect(engine?.models == ["qwen:7b", "llama3"] && engine?.loaded == ["llama3"])
    }

    @Test func anEngineIsKnownByItsListOfModels() async {
        var machine = FakeMachine()
        machine.pages["http://127.0.0.1:8000/v1/models"] = Self.page(#"{"object":"list","data":[{"id":"m1","object":"model"}]}"#)
        machine.pages["http://127.0.0.1:8080/v1/models"] = Self.page("{}", status: 401)
        let facts = await Self.take(machine, [Self.listener(8000, nil), Self.listener(8080, Self.owner("llama-server"))])
        #expect(facts.engines.map(\.models) == [["m1"]])
        #expect(facts.unseen.map(\.why) == ["it answers 401 without a key"])
    }

    @Test func anAuroraIsNeverTakenForAnEngine() async {
        var machine = FakeMachine()
        machine.pages["http://127.0.0.1:8000/v1/models"] = Self.page(#"{"data":[{"id":"m1"}]}"#, server: "aurora/1.2")
        machine.pages["http://127.0.0.1:11434/api/version"] = Self.page(#"{"version":"1"}"#, server: "Aurora/1.2")
        let facts = await Self.take(machine, [Self.listener(8000, nil), Self.listener(11434, nil)])
        #expect(facts.engines.isEmpty)
        #expect(facts.auroras.map(\.version) == ["1.2", "1.2"])
    }

    @Test func theHealthPathIsTheFirstThatAnswersWell() async throws {
        var machine = FakeMachine(files: ["/srv/app/.env": "SECRET_KEY=hunter2\nexport NAME='x'\n"])
        machine.pages["http://127.0.0.1:9000/health"] = Self.page("", status: 404)
        machine.pages["http://127.0.0.1:9000/healthz"] = Self.page("", status: 500)
        machine.pages["http://127.0.0.1:9000/api/health"] = Self.page("ok", status: 204)
        let owner = Self.owner("uvicorn", ["/srv/app/venv/bin/python3", "/srv/app/venv/bin/uvicorn", "--port", "9000", "main:app"])
        let facts = await Self.take(machine, [Self.listener(9000, owner)])
        let app = try #require(facts.webApps.first)
        #expect(
            app.healthPath == "/api/health" && app.runner == "uvicorn" && app.app == "main:app" && app.environmentFolder == "/srv/app/venv")
        #expect(facts.envFiles == [EnvFileFacts(path: "/srv/app/.env", names: ["SECRET_KEY", "NAME"])])
        #expect(!"\(facts)".contains("hunter2"))
    }

    @Test func monitorsTellTheirVersions() async {
        var machine = FakeMachine()
        machine.pages["http://127.0.0.1:9090/api/v1/status/buildinfo"] = Self.page(#"{"status":"success","data":{"version":"2.42.0"}}"#)
        machine.pages["http://127.0.0.1:3000/api/health"] = Self.page(#"{"database":"ok","version":"10.1"}"#)
        let facts = await Self.take(machine, [Self.listener(9090, nil), Self.listener(3000, Self.owner("grafana"))])
        #expect(facts.monitors.map(\.version) == ["10.1", "2.42.0"])
    }

    @Test func whatSaysNothingIsTold() async {
        let facts = await Self.take(
            FakeMachine(), [Self.listener(11434, Self.owner("ollama")), Self.listener(6379, Self.owner("redis-server"))])
        #expect(facts.engines.isEmpty)
        #expect(facts.unseen.map(\.what) == ["Ollama at http://127.0.0.1:11434", "Redis on port 6379"])
    }
}

struct RedisProbeTests {
    static func take(_ answer: String, hints: SurveyHints = SurveyHints()) async -> SoftwareFacts {
        var machine = FakeMachine()
        machine.ports[6379] = Array(answer.utf8)
        return await ProbeTests.take(
            machine, [ProbeTests.listener(6379, ProbeTests.owner("redis-server"))], hints: hints)
    }

    @Test func infoIsRead() async {
        let info =
            "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\nrole:master\r\nused_memory:1024\r\nconnected_slaves:2\r\naof_enabled:1\r\nconfig_file:/etc/redis/redis.conf\r\ndb0:keys=3,expires=0\r\ndb1:keys=4,expires=0\r\n"
        let redis = await Self.take("+PONG\r\n$\(info.utf8.count)\r\n\(info)\r\n").redis.first
        #expect(
            redis?.version == "7.0.15" && redis?.role == "master" && redis?.usedBytes == 1024 && redis?.keys == 7 && redis?.keepsLog == true
        )
    }

    @Test func aPasswordThatIsWantedIsToldWithAWayOut() async {
        let facts = await Self.take("-NOAUTH Authentication required.\r\n-NOAUTH Authentication required.\r\n")
        #expect(facts.redis.first?.wantsPassword == true)
        #expect(facts.unseen.first?.why == "it wants a password")
        #expect(facts.unseen.first?.fix?.contains("REDIS_URL=redis://:PASSWORD@127.0.0.1:6379") == true)
    }

    @Test func thePasswordOfTheRightPortIsSent() {
        var hints = SurveyHints()
        hints.urls = [
            "a": Secret("redis://:other@127.0.0.1:6380"), "b": Secret("redis://:right@localhost:6379/0"),
            "c": Secret("redis://:far@10.0.0.9:6379"),
        ]
        let login = Logins(hints, files: [], pgpass: nil).redis(for: ServerPlace(host: "127.0.0.1", port: 6379), nil)
        #expect(login?.password == Secret("right"))
        #expect(
            String(decoding: RedisProbe.question(login), as: UTF8.self).hasPrefix("*2\r\n$4\r\nAUTH\r\n$5\r\nright\r\n*1\r\n$4\r\nPING"))
    }

    @Test(arguments: ["\r\r\n", "\r\n", "$", "$5", "$9223372036854775807\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n"])
    func whatIsNoReplyIsNone(_ text: String) { #expect(RedisReply.read(Array(text.utf8)).isEmpty) }

    @Test func anAnswerIsWholeWhenEveryReplyIs() {
        #expect(!RedisProbe.isWhole(Array("+PONG\r\n$5\r\nabc".utf8), replies: 2))
        #expect(RedisProbe.isWhole(Array("+PONG\r\n$3\r\nabc\r\n".utf8), replies: 2))
        #expect(RedisProbe.isWhole(Array("-ERR a\r\n-ERR b\r\n".utf8), replies: 2))
    }
}

struct WebAppTests {
    @Test(
        arguments: [
            (["uvicorn", "main:app"], "uvicorn", "main:app", nil, nil),
            (["/v/bin/python", "-u", "-m", "uvicorn", "--host", "0.0.0.0", "api.main:app"], "uvicorn", "api.main:app", "/v", nil),
            (["gunicorn: master [app.wsgi]"], "gunicorn", "app.wsgi", nil, nil),
            (
                ["/v/bin/python3.11", "/v/bin/gunicorn", "--bind", "unix:/run/g.sock", "-w", "4", "wsgi"], "gunicorn", "wsgi", "/v",
                "/run/g.sock"
            ),
            (["python3", "-m", "flask", "--app", "hello", "run"], "flask", "hello", nil, nil),
            (["streamlit", "run", "dash.py"], "streamlit", "dash.py", nil, nil),
            (["python", "manage.py", "runserver", "8000"], "django", "manage.py", nil, nil),
            (["python3", "robbie_gateway.py"], "python", "robbie_gateway.py", nil, nil),
            (["python3", "-m", "http.server", "8000"], "python", "http.server", nil, nil),
            (["/usr/bin/node", "--inspect", "dist/server.js"], "node", "dist/server.js", nil, nil),
            (["next-server (v14.1)"], "next", nil, nil, nil), (["deno", "run", "--allow-net", "main.ts"], "deno", "main.ts", nil, nil),
            (["bun", "index.ts"], "bun", "index.ts", nil, nil),
            (["uvicorn", "--uds=/run/u.sock", "a:b"], "uvicorn", "a:b", nil, "/run/u.sock"),
        ] as [([String], String, String?, String?, String?)])
    func commandLinesTellApplications(_ words: [String], _ runner: String, _ app: String?, _ folder: String?, _ socket: String?) throws {
        let found = try #require(WebApp(ProbeTests.owner("x", words)))
        #expect(found.runner == runner && found.app == app && found.environmentFolder == folder && found.socket == socket, "\(found)")
    }

    @Test(arguments: [
        [], ["sshd"], ["python3", "-c", "import x"], ["python3"], ["pythonista", "x"], ["node"], ["ruby", "cron.rb"], [""],
    ])
    func otherProgramsAreNone(_ words: [String]) { #expect(WebApp(ProbeTests.owner("x", words)) == nil) }

    @Test func anApplicationBehindAUnixSocketIsFoundWithoutAPort() async {
        let master = ProcessFacts(pid: 10, parent: 1, name: "gunicorn", arguments: ["gunicorn", "-b", "unix:/run/a.sock", "wsgi:app"])
        var worker = master
        (worker.pid, worker.parent) = (11, 10)
        let facts = await SoftwareSurvey.take(
            FakeMachine(), listeners: [], processes: [master, worker], containers: [], hints: SurveyHints(), clock: ManualClock())
        #expect(facts.webApps.map(\.pid) == [10])
        #expect(facts.webApps.first?.place == nil && facts.webApps.first?.socket == "/run/a.sock")
    }
}
