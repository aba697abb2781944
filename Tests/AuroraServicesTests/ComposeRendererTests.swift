import AuroraModel
import AuroraServices
import Testing

@Suite struct ComposeRendererTests {
    private var db: ServiceSpec {
        var spec = ServiceSpec(name: "db")
        spec.image = "postgres:16"
        return spec
    }

    @Test func everythingOwnedIsNamedAndLabelled() throws {
        let text = try #require(try ComposeRenderer.render([webContainer, db], context).file("docker-compose.yml"))
        for line in [
            "container_name: aurora-web", "aurora.managed: \"true\"", "aurora.mesh: home", "aurora.service: web", "name: aurora-web_data",
            "name: aurora-mesh",
        ] {
            #expect(text.contains(line), "\(line)")
        }
        #expect(!text.contains("aurora.managed: \"no\""))
    }

    @Test func portsWithoutAnAddressStayOnLoopback() throws {
        let text = try #require(try ComposeRenderer.render([webContainer, db], context).file("docker-compose.yml"))
        #expect(text.contains("\"127.0.0.1:8080:80\""))
        #expect(text.contains("\"0.0.0.0:5353:53/udp\""))
    }

    @Test func secretsAreNamedNeverWritten() throws {
        let rendering = try ComposeRenderer.render([webContainer, db], context)
        #expect(!rendering.open.contains("hunter22"))
        #expect(!rendering.open.contains("literal-key-1"))
        let text = try #require(rendering.file("docker-compose.yml"))
        #expect(text.contains("DATABASE_URL: \"postgres://app:${DB_PASSWORD}@db/app\""))
        #expect(text.contains("- \"$$5\""))
        #expect(rendering.file("secrets/web.env") == "API_KEY='literal-key-1'\n")
        #expect(rendering.files.first { $0.path == "secrets/web.env" }?.mode == 0o600)
        #expect(text.contains("- \"./secrets/web.env\""))
    }

    @Test func pathsBelowTheFolderMoveWithIt() throws {
        let text = try #require(try ComposeRenderer.render([webContainer, db], context).file("docker-compose.yml"))
        #expect(text.contains("- \"./site:/site:ro\""))
    }

    @Test func theSameServicesGiveTheSameBytes() throws {
        let services = CatalogService.allCases.map(entry) + [webContainer, db]
        let first = try ComposeRenderer.render(services, context)
        for _ in 0..<20 { #expect(try ComposeRenderer.render(services, context) == first) }
    }

    @Test func aCommandOfTheMachineIsRefusedByName() {
        #expect {
            try ComposeRenderer.render([worker], context)
        } throws: { error in
            let error = error as? AuroraError
            return error?.code == .manifest && error?.message.contains("'worker'") == true && error?.hint?.contains("process") == true
        }
    }

    @Test(arguments: [HealthCheck.Test.http("http://127.0.0.1:80/"), .tcp(80)])
    func aCheckFromOutsideIsRefusedByName(test: HealthCheck.Test) {
        var spec = db
        spec.healthcheck = HealthCheck(test)
        #expect {
            try ComposeRenderer.render([spec], context)
        } throws: {
            ($0 as? AuroraError)?.message.contains("'db'") == true
        }
    }

    @Test func aSecretAmongTheArgumentsOfABuildIsRefused() {
        var spec = db
        spec.build = ImageBuild(context: "/srv/app", arguments: [EnvironmentVariable("NPM_TOKEN", "written-out", isSecret: true)])
        #expect {
            try ComposeRenderer.render([spec], context)
        } throws: {
            let text = "\($0)"
            return text.contains("'NPM_TOKEN'") && !text.contains("written-out")
        }
    }

    @Test func aSecretThatNoFileCanHoldIsRefusedWithoutShowingIt() {
        var spec = db
        spec.environment = [EnvironmentVariable("KEY", "line one\nline'two", isSecret: true)]
        #expect {
            try ComposeRenderer.render([spec], context)
        } throws: {
            let text = "\($0)"
            return text.contains("'KEY'") && !text.contains("line one")
        }
    }
}
