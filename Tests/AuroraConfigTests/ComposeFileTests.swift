import AuroraModel
import Foundation
import Testing

@testable import AuroraConfig

/// Compose files in the styles of public projects, each with what it should come to beside it (`expected.yml`).
@Suite struct ComposeFileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var files = ["docker-compose.yml"]
        var profiles: Set<String> = []

        var testDescription: String { name }
        var folder: String { "Tests/Fixtures/compose/\(name)" }

        func load(environment: [String: String] = ["FROM_ENVIRONMENT": "/srv", "HOME": "/home/user"]) -> ComposeLoad {
            ComposeFile.read(paths: files, profiles: profiles, folder: repositoryRoot + "/" + folder, environment: environment)
        }
    }

    static let cases = [
        Case(name: "wordpress"), Case(name: "anchors"), Case(name: "airflow"), Case(name: "profiles", profiles: ["debug"]),
        Case(name: "extends"), Case(name: "includes"),
        Case(name: "override", files: ["docker-compose.yml", "docker-compose.override.yml"]),
        Case(name: "ollama"), Case(name: "vllm"), Case(name: "health"), Case(name: "env-files"), Case(name: "ports"), Case(name: "volumes"),
        Case(name: "secrets"), Case(name: "traefik"), Case(name: "limits"), Case(name: "celery"), Case(name: "interpolation"),
        Case(name: "networks"), Case(name: "hardened"), Case(name: "build"),
    ]

    @Test(arguments: cases) func aComposeFileComesToWhatIsExpected(_ sample: Case) throws {
        let load = sample.load()
        #expect(!load.hasErrors, "\(load.findings)")
        #expect(Self.shown(load) == (try repositoryFile("\(sample.folder)/expected.yml")))
    }

    /// What was read, as a manifest has it, with what was warned of behind it.
    static func shown(_ load: ComposeLoad) -> String {
        let services = load.services.isEmpty ? "" : ServicesSection.type.show(load.services).yaml()
        let warnings = load.findings.map { "# \($0.file):\($0.line ?? 0): \($0.reason)\n" }.joined()
        return (services + warnings).replacing(repositoryRoot, with: "")
    }

    @Test func theProjectIsNamedByItselfOrByItsFolder() {
        #expect(Case(name: "includes").load().name == "shop")
        #expect(Case(name: "wordpress").load().name == "wordpress")
    }

    @Test func aServiceOfAnotherProfileIsLeftOut() {
        #expect(Case(name: "profiles").load().services.map(\.name) == ["app"])
        #expect(Case(name: "profiles", profiles: ["all"]).load().services.map(\.name) == ["app", "adminer"])
    }

    @Test func valuesOfVariablesAreSecretsAndOthersAreNot() throws {
        let services = Case(name: "vllm").load().services
        let vllm = try #require(services.first)
        #expect(vllm.secrets.map(\.name) == ["HF_TOKEN", "VLLM_KEY"])
        #expect(vllm.command?.last == "vllm-secret-value")
        #expect(vllm.environment.map(\.isSecret) == [true, false])
    }
}
