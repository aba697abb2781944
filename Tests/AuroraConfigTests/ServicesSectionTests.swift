import AuroraModel
import Foundation
import Testing

@testable import AuroraConfig

/// `services:` of a manifest.
@Suite struct ServicesSectionTests {
    private static let env = "DB_PASSWORD=s3cret-of-db\nAPI_TOKEN=token-0123456789\n"

    private func service(_ options: String, env: String? = env) throws -> ServiceSpec {
        try #require(try manifest("services:\n  app: { image: example/app, \(options) }", env: env).services.first)
    }

    @Test func aKnownNameAloneIsAnEntryOfTheCatalog() throws {
        let services = try manifest(
            "services:\n  redis: {}\n  nginx:\n  cache: { catalog: redis, ports: [ \"6380:6379\" ] }\n  mine: { image: redis:7 }"
        ).services
        #expect(services.map(\.catalog) == [.redis, .nginx, .redis, nil])
        #expect(services.map(\.restart) == [.unlessStopped, .unlessStopped, .unlessStopped, .no])
    }

    @Test func aKnownNameWithAnImageIsTheUsersOwn() throws {
        #expect(try manifest("services: { redis: { image: redis:7 } }").services.first?.catalog == nil)
    }

    @Test func aCommandWithoutAnImageRunsInTheFolderOfTheManifest() throws {
        let services = try manifest("services: { a: { command: run }, b: { command: run, working_dir: ./sub } }").services
        #expect(services.map(\.runsOnMachine) == [true, true])
        #expect(services.last?.workingDir == services.first?.workingDir.map { $0 + "/sub" })
    }

    @Test func theRuntimeIsProcessUnlessToldOtherwise() throws {
        #expect(try manifest("mesh: a").runtime == .process)
        #expect(try manifest("runtime: compose").runtime == .compose)
    }

    @Test func checksFromOutsideAreUnderstood() throws {
        #expect(try service("healthcheck: { tcp: 8080 }").healthcheck?.test == .tcp(8080))
        #expect(try service("healthcheck: { http: \"http://127.0.0.1:80/h\" }").healthcheck?.test == .http("http://127.0.0.1:80/h"))
    }

    @Test(arguments: [
        ("0", 0.0), ("30s", 30), ("1m30s", 90), ("1.5h", 5400), ("250ms", 0.25), ("1h2m3s", 3723), ("500us", 0.0005),
    ])
    func durationsAreReadAsComposeWritesThem(text: String, seconds: Double) throws {
        #expect(try service("stop_grace_period: \(text)").stopGraceSeconds == seconds)
    }

    @Test(arguments: [("512m", 512 << 20), ("1.5gb", 1_610_612_736), ("1024", 1024), ("64K", 65_536), ("2B", 2)])
    func sizesAreReadAsComposeWritesThem(text: String, bytes: Int) throws {
        #expect(try service("mem_limit: \(text)").resources.memoryBytes == bytes)
    }

    @Test(arguments: [
        ("a b  c", ["a", "b", "c"]), ("a 'b c' \"d e\"", ["a", "b c", "d e"]), ("a\\ b", ["a b"]), ("''", [""]),
        ("\"a\\\"b\" '\\n'", ["a\"b", "\\n"]), ("\"\\x\"", ["\\x"]), ("", []),
    ])
    func linesAreSplitLikeAShellDoes(line: String, words: [String]) {
        #expect(ShellWords.split(line) == words)
    }

    @Test(arguments: ["'", "\"a", "a\\"]) func aLineThatDoesNotEndIsNoCommand(line: String) { #expect(ShellWords.split(line) == nil) }

    @Test func nothingSecretIsShown() throws {
        let yaml = """
            services:
              app:
                image: example/app
                command: serve --token ${API_TOKEN}
                environment:
                  DATABASE_URL: postgres://app:${DB_PASSWORD}@db/app
                  LITERAL_PASSWORD: written-out-1
                  UPSTREAM: http://user:in-a-url@host/
                  PLAIN: shown
                healthcheck: { test: "curl -H 'X: ${API_TOKEN}' localhost" }
            """
        let manifest = try manifest(yaml, env: Self.env)
        for shown in [ManifestRenderer.yaml(manifest), ManifestRenderer.json(manifest), "\(manifest)"] {
            for secret in ["s3cret-of-db", "token-0123456789", "written-out-1", "in-a-url"] { #expect(!shown.contains(secret)) }
        }
        #expect(ManifestRenderer.yaml(manifest).contains("PLAIN: shown"))
        #expect(ManifestRenderer.yaml(manifest).contains("\"postgres://app:${DB_PASSWORD}@db/app\""))
    }

    @Test func whatIsShownReadsBackAsTheSame() throws {
        let yaml = """
            services:
              redis: { restart: no, ports: [ "6380:6379" ] }
              app:
                image: example/app
                command: serve --token ${API_TOKEN} --price $$5
                entrypoint: ""
                environment: { A: "${DB_PASSWORD}", B: "$$x", C: "" }
                ports: [ "80", "127.0.0.1:81-82:81-82/udp" ]
                volumes: [ "/a:/b:ro", "kept:/c", { type: tmpfs, target: /d } ]
                depends_on: { redis: { condition: service_healthy } }
                restart: on-failure:3
                healthcheck: { tcp: 80, interval: 1m30s }
                deploy: { resources: { limits: { cpus: 0.5, memory: 1g, pids: 9 }, reservations: { cpus: 0.1, memory: 1m } } }
                gpus: 2
                user: "1:2"
                labels: { a.b: "c d" }
                extra_hosts: { v6: "::1" }
                read_only: true
                cap_drop: [ ALL ]
                security_opt: [ no-new-privileges:true ]
                stop_signal: INT
            """
        let first = try manifest(yaml, env: Self.env)
        let second = try manifest(ManifestRenderer.yaml(first), env: Self.env)
        #expect(second.services == first.services)
    }

    @Test func theDesignsOwnExampleIsUnderstood() throws {
        let yaml = """
            services:
              gmail-sync:
                build: .
                environment: [ "DATABASE_URL=${DATABASE_URL}", "REDIS_URL=redis://redis:6379" ]
                volumes: [ "/opt/app/credentials:/credentials:ro" ]
                restart: unless-stopped
            """
        let load = try load(yaml, env: "DATABASE_URL=postgres://u:p@h/d\n")
        #expect(load.findings == [])
        #expect(load.manifest?.services.first?.restart == .unlessStopped)
    }
}
