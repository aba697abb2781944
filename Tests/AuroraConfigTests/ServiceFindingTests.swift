import AuroraModel
import Testing

@testable import AuroraConfig

/// What is wrong with services is told by name and line, with what to write instead.
@Suite struct ServiceFindingTests {
    private func findings(_ app: String, others: String = "") throws -> [Finding] {
        try load("services:\n  other: { image: a }\n\(others)  app:\n    image: b\n    \(app)\n").findings
    }

    @Test(arguments: [
        "privileged: true", "cap_add: [ NET_ADMIN ]", "devices: [ /dev/ttyUSB0 ]", "network_mode: host", "pid: host", "ipc: host",
        "shm_size: 1g", "links: [ other ]", "volumes_from: [ other ]", "ulimits: { nofile: 5 }", "sysctls: { a: 1 }", "dns: 1.1.1.1",
        "scale: 3", "runtime: nvidia", "develop: {}", "userns_mode: host", "group_add: [ a ]", "blkio_config: {}", "provider: {}",
        "networks: { a: { aliases: [ x ] } }", "depends_on: { other: { required: false } }", "deploy: { mode: global }",
        "build: { context: ., ssh: [ default ] }",
    ])
    func whatIsNotSupportedIsRefusedByNameAndLine(option: String) throws {
        let findings = try findings(option)
        let finding = try #require(findings.first { $0.severity == .error }, "\(findings)")
        #expect(finding.line == 5)
        #expect(finding.reason.contains("services.app.") && finding.reason.contains("is not supported: "))
        #expect(!finding.fix.isEmpty)
    }

    @Test(arguments: [
        "container_name: x", "hostname: x", "init: true", "tty: true", "stdin_open: true", "expose: [ 80 ]", "logging: {}",
        "platform: linux/arm64",
    ])
    func whatChangesNothingIsAWarning(option: String) throws {
        #expect(try findings(option).map(\.severity) == [.warning])
    }

    @Test(arguments: [
        ("ports: [ \"99999:1\" ]", "99999:1"), ("ports: [ \"1-3:1-2\" ]", "1-3:1-2"), ("ports: [ \"a:b\" ]", "a:b"),
        ("ports: [ \"1.2.3:80:80\" ]", "1.2.3:80:80"), ("ports: [ \"80/sctp\" ]", "80/sctp"), ("ports: [ \"1-65535\" ]", "1-65535"),
        ("volumes: [ \"a:b:c:d\" ]", "a:b:c:d"), ("volumes: [ \"data:relative\" ]", "data:relative"),
        ("volumes: [ \"/a:/b:rx\" ]", "/a:/b:rx"),
        ("restart: sometimes", "sometimes"), ("restart: on-failure:x", "on-failure:x"), ("mem_limit: lots", "lots"), ("cpus: 0", "0"),
        ("stop_grace_period: 10", "10"), ("stop_signal: SIGNOPE", "SIGNOPE"), ("user: \"a b\"", "a b"), ("gpus: many", "many"),
        ("extra_hosts: [ \"a b\" ]", "a b"), ("healthcheck: { http: /health }", "/health"), ("healthcheck: { test: [ RUN, x ] }", "RUN"),
        ("depends_on: { other: { condition: ready } }", "ready"), ("image: \"a b\"", "a b"), ("depends_on: [ othre ]", "othre"),
        ("env_file: ./none.env", "./none.env"), ("environment: [ \"=x\" ]", "''"), ("catalog: redis2", "redis2"),
    ])
    func aWrongValueIsQuoted(option: String, value: String) throws {
        let findings = try option.hasPrefix("image") ? load("services:\n  app:\n    \(option)\n").findings : findings(option)
        let finding = try #require(findings.first { $0.severity == .error })
        #expect(finding.reason.contains(value), "\(finding)")
        #expect(finding.line ?? 0 >= 3)
    }

    @Test func theNearestServiceIsNamed() throws {
        #expect(try findings("depends_on: [ othre ]").first?.fix.contains("did you mean 'other'?") == true)
    }

    @Test func aCircleIsTold() throws {
        let yaml =
            "services:\n  a: { image: x, depends_on: [ b ] }\n  b: { image: x, depends_on: [ c ] }\n  c: { image: x, depends_on: [ b ] }\n"
        let reasons = try load(yaml).findings.map(\.reason)
        #expect(
            reasons.contains { $0.hasPrefix("services.b depends on itself") } && reasons.contains { $0.hasPrefix("services.c depends") })
    }

    @Test func aPortIsGivenOnce() throws {
        let yaml = "services:\n  a: { image: x, ports: [ \"80:80\" ] }\n  b: { image: x, ports: [ \"127.0.0.1:80:81\", \"80:80/udp\" ] }\n"
        #expect(try load(yaml).findings.map(\.reason) == ["services.b.ports has the port 80, which 'a' has too"])
        #expect(try load("services: { a: { image: x, ports: [ \"8004:80\" ] } }").findings.first?.reason.contains("'console'") == true)
    }

    @Test func thePortOfTheCatalogCounts() throws {
        let yaml = "services:\n  redis:\n  cache: { catalog: redis }\n"
        let findings = try load(yaml).findings
        #expect(findings.map(\.reason) == ["services.cache has the port 6379, which 'redis' has too"])
        #expect(findings.map(\.line) == [3])
    }

    @Test func tagsOfComposeAreRefused() throws {
        #expect(try findings("ports: !reset []").first?.reason == "services.app.ports has the tag '!reset', which is not supported")
    }

    @Test func extendingInACircleIsTold() throws {
        let yaml = "services:\n  a: { extends: b, image: x }\n  b: { extends: a, image: x }\n"
        #expect(try load(yaml).findings.contains { $0.reason.contains("leads back to itself") })
    }

    @Test func aServiceThatHasNothingToRunIsTold() throws {
        #expect(try load("services: { mine: { restart: always } }").findings.first?.reason == "services.mine has nothing to run")
    }

    @Test func waitingForTheHealthOfAProgramWithoutACheckIsTold() throws {
        let yaml = "services:\n  a: { command: run }\n  b: { command: run, depends_on: { a: { condition: service_healthy } } }\n"
        #expect(try load(yaml).findings.first?.reason.contains("which has no health check") == true)
    }

    @Test func keysOfWholeComposeFilesAreRefused() throws {
        #expect(try findings("profiles: [ debug ]").first?.reason.contains("'profiles'") == true)
        #expect(try findings("secrets: [ key ]").first?.fix.contains("mount the file") == true)
    }

    @Test func anUnknownKeyIsRefusedWithTheNearestKnownOne() throws {
        #expect(try findings("enviroment: {}").first?.fix.contains("did you mean 'environment'?") == true)
    }
}
