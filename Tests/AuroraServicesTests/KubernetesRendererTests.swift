import AuroraModel
import AuroraServices
import Foundation
import Testing
import Yams

@Suite struct KubernetesRendererTests {
    private func objects(_ services: [ServiceSpec], _ name: String) throws -> [String: [String: Any]] {
        let text = try #require(try KubernetesRenderer.render(services, context).file("\(name).yaml"))
        let documents = try Yams.load_all(yaml: text).compactMap { $0 as? [String: Any] }
        return Dictionary(uniqueKeysWithValues: documents.compactMap { object in (object["kind"] as? String).map { ($0, object) } })
    }

    private func container(_ object: [String: Any]?) throws -> [String: Any] {
        let spec = try #require(object?["spec"] as? [String: Any])
        let pod = try #require((spec["template"] as? [String: Any])?["spec"] as? [String: Any])
        return try #require((pod["containers"] as? [[String: Any]])?.first)
    }

    private var web: ServiceSpec {
        var spec = webContainer
        spec.dependsOn = []
        return spec
    }

    @Test func aServiceBecomesDeploymentServiceAndClaim() throws {
        let objects = try objects([web], "web")
        #expect(Set(objects.keys) == ["Deployment", "Service", "PersistentVolumeClaim"])
        let container = try container(objects["Deployment"])
        #expect(container["image"] as? String == "ghcr.io/example/web:2")
        let limits = (container["resources"] as? [String: [String: String]])?["limits"]
        #expect(limits == ["cpu": "1500m", "memory": "536870912", "nvidia.com/gpu": "2"])
        let security = try #require(container["securityContext"] as? [String: Any])
        #expect(security["runAsUser"] as? Int == 1000 && security["readOnlyRootFilesystem"] as? Bool == true)
    }

    @Test func secretsAreReferences() throws {
        let rendering = try KubernetesRenderer.render([web], context)
        #expect(!rendering.open.contains("hunter22") && !rendering.open.contains("literal-key-1"))
        let environment = try #require(try container(objects([web], "web")["Deployment"])["env"] as? [[String: Any]])
        let references = environment.filter { $0["valueFrom"] != nil }.compactMap { $0["name"] as? String }
        #expect(references == ["DATABASE_URL", "API_KEY", "DB_PASSWORD"])
        let arguments = try #require(try container(objects([web], "web")["Deployment"])["args"] as? [String])
        #expect(arguments[2] == "postgres://app:$(DB_PASSWORD)@db/app")
        #expect(rendering.file("secrets/web.env")?.contains("API_KEY=literal-key-1\n") == true)
    }

    @Test func settingsOfTheCatalogBecomeAConfigMap() throws {
        let objects = try objects([entry(.redis)], "redis")
        let data = try #require(objects["ConfigMap"]?["data"] as? [String: String])
        #expect(data["redis.conf"]?.contains("appendonly yes\n") == true)
    }

    @Test func whatIsWaitedForToEndIsAJob() throws {
        var migrate = web
        (migrate.name, migrate.restart, migrate.ports) = ("migrate", .no, [])
        var app = web
        app.dependsOn = [ServiceDependency("migrate", .completed)]
        #expect(try objects([migrate, app], "migrate")["Job"] != nil)
    }

    @Test func aClaimThatTwoServicesUseComesOnce() throws {
        var other = web
        other.name = "other"
        let rendering = try KubernetesRenderer.render([web, other], context)
        #expect(rendering.open.components(separatedBy: "kind: PersistentVolumeClaim").count == 2)
    }

    @Test func aCheckThatWouldShowASecretIsRefused() {
        var spec = web
        spec.healthcheck = HealthCheck(.command(["psql", "postgres://app:hunter22@db/app"]))
        #expect {
            try KubernetesRenderer.render([spec], context)
        } throws: {
            let text = "\($0)"
            return text.contains("'web'") && !text.contains("hunter22")
        }
    }

    @Test func whatKubernetesCannotDoIsRefusedByName() {
        var underscored = web
        underscored.name = "my_web"
        var greedy = web
        greedy.gpus = GPUReservation(count: .all)
        for spec in [underscored, greedy, worker] {
            #expect {
                try KubernetesRenderer.render([spec], context)
            } throws: {
                ($0 as? AuroraError)?.message.contains("'\(spec.name)'") == true
            }
        }
    }
}
