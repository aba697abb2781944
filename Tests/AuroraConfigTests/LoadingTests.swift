import AuroraConfig
import AuroraModel
import Foundation
import Testing

@Suite struct LoadingTests {
    @Test func withoutAManifestDefaultsRun() throws {
        let scratch = try Scratch()
        let load = ManifestLoader.load(path: nil, folder: scratch.path, environment: [:], host: "Vengeance.local")
        #expect(load.findings == [])
        #expect(load.manifest == Manifest.defaults(host: "vengeance"))
        #expect(load.manifest?.thisNode == NodeSpec(name: "vengeance", role: .lead))
        #expect(load.manifest?.source == nil)
    }

    @Test func theManifestInTheFolderIsFoundByItself() throws {
        let scratch = try Scratch()
        try scratch.write("aurora.yml", "mesh: home")
        let load = ManifestLoader.load(path: nil, folder: scratch.path, environment: [:], host: "a")
        #expect(load.manifest?.mesh == "home")
        #expect(load.manifest?.source == "\(scratch.path)/aurora.yml")
    }

    @Test func aManifestThatIsNamedMustExist() throws {
        let scratch = try Scratch()
        let load = ManifestLoader.load(path: "other.yml", folder: scratch.path, environment: [:], host: "a")
        #expect(load.manifest == nil)
        #expect(
            load.findings.map(\.description) == [
                "other.yml: error: there is no such file\n  fix: check the path, or write a manifest with: aurora init"
            ])
    }

    @Test(arguments: ["", "\n\n", "# nothing yet\n", "---\n", "~", "mesh: aurora"])
    func anEmptyManifestMeansDefaults(_ text: String) throws {
        var manifest = try manifest(text)
        manifest.source = nil
        #expect(manifest == Manifest.defaults(host: "aurora"))
    }

    @Test func aWholeManifestIsRead() throws {
        let manifest = try manifest(Samples.whole, env: Samples.wholeEnv)
        #expect(manifest.mesh == "home")
        #expect(
            manifest.nodes == [
                NodeSpec(name: "aurora", role: .lead, address: "aurora.example.com", vpn: "10.0.0.1"),
                NodeSpec(name: "pod", role: .gpu, vpn: "10.0.0.20", url: "https://pod.example.com:8004"),
            ])
        #expect(manifest.thisNode == manifest.nodes[0])
        #expect(
            manifest.keep == [
                KeptService(name: "database", kind: .postgres, url: Secret("postgresql://app:s3cret-of-db@db.example.com:5432/app")),
                KeptService(name: "backend", kind: .http, url: Secret("http://127.0.0.1:8000"), health: "/health"),
                KeptService(name: "ollama", kind: .ollama, url: Secret("http://127.0.0.1:11434/")),
            ])
        #expect(
            manifest.engines == [
                EngineSpec(
                    name: "pod", kind: .openai, url: "http://10.0.0.20:8000", apiKey: Secret("pod-key-0123456789"), source: .manifest,
                    parallel: 4),
                EngineSpec(name: "ollama", kind: .ollama, url: "http://127.0.0.1:11434", source: .manifest),
            ])
        #expect(manifest.discovery.loopback == false)
        #expect(manifest.discovery.localEngine == .off)
        #expect(manifest.listen == ["127.0.0.1", "10.0.0.1"])
        #expect(manifest.ports == ports(gateway: 9001, chat: 0, console: 8004))
        #expect(manifest.tokens == [ManifestToken(name: "scripts", scopes: [.chat, .mesh], value: Secret("token-0123456789abcdef"))])
        #expect(manifest.nodeToken == Secret("node-token-0123456789"))
        #expect(manifest.limits.bodyBytes == 8 << 30)
        #expect(manifest.limits.headerBytes == 64 << 10)
        #expect(manifest.limits.concurrency == 64)
        #expect(manifest.limits.drain == .seconds(5))
        #expect(manifest.limits.conversationMessages == 500)
        #expect(manifest.limits.firstByte == .seconds(3600))
        #expect(manifest.limits.silence == .milliseconds(250))
        #expect(
            manifest.commands == [
                TaskCommand(
                    name: "reindex", run: ["python3", "reindex.py", "--folder={folder}", "{what}"], timeout: .seconds(90), on: ["pod"],
                    env: ["MODE": "{mode}"]),
                TaskCommand(name: "plain", run: ["df", "-h", "/srv/my data"], timeout: .seconds(300)),
            ])
        #expect(manifest.commands[0].parameters == ["folder", "what", "mode"])
        #expect((manifest.tasks.concurrency, manifest.tasks.attempts, manifest.tasks.limit) == (2, 3, 500))
        #expect(manifest.tasks.keep == .seconds(36 * 3600))
    }

    private func ports(gateway: Int, chat: Int, console: Int) -> Manifest.Ports {
        var ports = Manifest.Ports()
        (ports.gateway, ports.chat, ports.console) = (gateway, chat, console)
        return ports
    }

    @Test func theDesignExampleLoads() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/personalities", withIntermediateDirectories: true)
        try scratch.write("aurora.yml", Samples.design)
        try scratch.write(".env", "DB_USER=app\nDB_PRIMARY_HOST=db.example.com\nDB_PRIMARY_PORT=25060\n")
        let load = ManifestLoader.load(path: "aurora.yml", folder: scratch.path, environment: [:], host: "robbiebook1.local")
        #expect(load.findings == [])
        let manifest = try #require(load.manifest)
        #expect(manifest.nodes.map(\.name) == ["aurora", "runpod-tx", "vengeance", "robbiebook1"])
        #expect(manifest.thisNode.role == .laptop)
        #expect(manifest.keep[0].url?.reveal() == "postgresql://app@db.example.com:25060/aurora")
        #expect(manifest.engines.map(\.url) == ["http://127.0.0.1:11434"])
        #expect(manifest.personalities == "\(scratch.path)/personalities")
    }

    @Test func relativePathsStartFromTheFolderOfTheManifest() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/site/people", withIntermediateDirectories: true)
        try scratch.write("site/mesh.yml", "personalities: ./people\nmesh: ${MESH}")
        try scratch.write("site/.env", "MESH=inner")
        try scratch.write(".env", "MESH=outer")
        let load = ManifestLoader.load(path: "site/mesh.yml", folder: scratch.path, environment: [:], host: "a")
        #expect(load.manifest?.personalities == "\(scratch.path)/site/people")
        #expect(load.manifest?.mesh == "inner")
    }

    @Test func theProcessEnvironmentWinsOverTheFile() throws {
        #expect(try manifest("mesh: $MESH", env: "MESH=file", environment: ["MESH": "process"]).mesh == "process")
        #expect(try manifest("mesh: $MESH", env: "MESH=file").mesh == "file")
    }

    @Test func carriageReturnsAndAByteOrderMarkAreTaken() throws {
        let manifest = try manifest("\u{FEFF}mesh: home\r\nports:\r\n  chat: ${CHAT}\r\n", env: "\u{FEFF}CHAT=9003\r\n")
        #expect(manifest.mesh == "home")
        #expect(manifest.ports.chat == 9003)
    }

    @Test func aliasesMergesAndExtensionsWork() throws {
        let manifest = try manifest(
            """
            x-pod: &pod
              kind: openai
              url: http://10.0.0.20:8000/v1/
            engines:
              one: *pod
              two: { <<: *pod, url: "http://10.0.0.21:8000/v1", parallel: 2 }
            """)
        #expect(manifest.engines.map(\.url) == ["http://10.0.0.20:8000", "http://10.0.0.21:8000"])
        #expect(manifest.engines.map(\.parallel) == [nil, 2])
    }

    @Test func anEmptySectionIsAnEmptySection() throws {
        let manifest = try manifest("nodes:\nkeep:\nengines:\ntokens:\nports:\n")
        #expect(manifest.nodes.isEmpty && manifest.tokens.isEmpty)
        #expect(manifest.ports == Manifest.Ports())
    }

    @Test func anEmptyKeyIsNoKey() throws {
        #expect(try manifest("engines: { a: { kind: openai, url: http://h:1, api_key: \"${KEY:-}\" } }").engines[0].apiKey == nil)
    }
}

@Suite struct ThisNodeTests {
    private let mesh = "nodes:\n  one: { role: lead }\n  two: { role: gpu }\n  three: { role: laptop }\n"

    @Test(arguments: [("two", "two"), ("Three.local", "three"), ("elsewhere", "one")])
    func theHostNameDecidesAndTheLeadStandsIn(_ host: String, _ expected: String) throws {
        #expect(try manifest(mesh, host: host).thisNode.name == expected)
    }

    @Test func theVariableWinsOverTheHostName() throws {
        #expect(try manifest(mesh, environment: ["AURORA_NODE": "two"], host: "three").thisNode.name == "two")
        #expect(try manifest(mesh, env: "AURORA_NODE=two", host: "three").thisNode.name == "two")
        #expect(try manifest("", environment: ["AURORA_NODE": "solo"]).thisNode == NodeSpec(name: "solo", role: .lead))
    }

    @Test func anUnknownNodeIsRefusedWithTheNearestOne() throws {
        #expect(
            try words(mesh, environment: ["AURORA_NODE": "tow"]) == [
                "aurora.yml:1: error: AURORA_NODE is 'tow', which is not among the nodes\n  fix: did you mean 'two'? known: one, two, three"
            ])
    }

    @Test func aMeshWithoutALeadNeedsAName() throws {
        #expect(
            try words("mesh: m\nnodes: { two: { role: gpu } }", host: "other") == [
                "aurora.yml:2: error: no node has the name of this machine, 'other', and there is not one lead to take instead\n"
                    + "  fix: set AURORA_NODE to one of: two"
            ])
    }

    @Test(arguments: [("UPPER.example.com", "upper"), ("my host", "my-host"), ("", "node"), ("…", "node"), ("-x", "x")])
    func anyHostNameBecomesAValidName(_ host: String, _ expected: String) {
        #expect(Manifest.defaults(host: host).thisNode.name == expected)
    }
}
