import AuroraModel
import AuroraServices
import Testing

@Suite struct ProcessRendererTests {
    @Test func aPlanHoldsEverythingThatTheProcessGets() throws {
        let plan = try ProcessRenderer.render(worker, among: [worker], context)
        #expect(plan.arguments == worker.command)
        #expect(plan.folder == "/srv/worker" && plan.user == "nobody:nogroup")
        let values = Dictionary(uniqueKeysWithValues: plan.environment.map { ($0.name, $0.value.reveal()) })
        #expect(values == ["PATH": RenderContext.usualPath, "FROM_FILE": "file-secret", "MODE": "100% \"on\"", "TOKEN": "a$b\"c\\d"])
        #expect(plan.stopGraceSeconds == 90 && plan.stopSignal == "SIGINT" && plan.restart == .unlessStopped)
    }

    @Test func redisRunsWithSettingsAndDataOfItsOwn() throws {
        let plan = try ProcessRenderer.render(entry(.redis), among: [], context)
        #expect(plan.arguments == ["/opt/redis/redis-server", "/var/lib/aurora/services/redis/config/redis.conf"])
        #expect(plan.files.map(\.path) == ["/var/lib/aurora/services/redis/config/redis.conf"])
        #expect(plan.files.first?.contents.contains("bind 127.0.0.1\nport 6379\nprotected-mode yes\n") == true)
        #expect(plan.folders.contains("/var/lib/aurora/services/redis/data"))
        #expect(plan.healthcheck?.test == .tcp(6379))
        #expect(plan.ports == [PortMapping(hostAddress: "127.0.0.1", hostPort: 6379, port: 6379)])
    }

    @Test func thePortOfTheMachineIsThePortListenedOn() throws {
        var redis = entry(.redis)
        redis.ports = [PortMapping(hostAddress: "10.0.0.1", hostPort: 6390, port: 6379)]
        let plan = try ProcessRenderer.render(redis, among: [], context)
        #expect(plan.files.first?.contents.contains("bind 10.0.0.1\nport 6390\nprotected-mode no\n") == true)
    }

    @Test func prometheusAsksTheNodeAndTheExporter() throws {
        let plan = try ProcessRenderer.render(entry(.prometheus), among: [entry(.nodeExporter)], context)
        let text = try #require(plan.files.first?.contents)
        #expect(text.contains("targets: [\"127.0.0.1:8004\"]") && text.contains("targets: [\"127.0.0.1:9100\"]"))
    }

    @Test func reservedGPUsAreTheOnesThatAreSeen() throws {
        var spec = worker
        spec.gpus = GPUReservation(count: .devices(["1", "3"]))
        let plan = try ProcessRenderer.render(spec, among: [], context)
        #expect(plan.environment.first { $0.name == "CUDA_VISIBLE_DEVICES" }?.value.reveal() == "1,3")
    }

    @Test func whatAProcessCannotBeIsRefusedByName() {
        var built = ServiceSpec(name: "built")
        built.build = ImageBuild(context: "/srv/app")
        var mapped = worker
        mapped.ports = [PortMapping(hostPort: 8080, port: 80)]
        var mounted = worker
        mounted.volumes = [VolumeMount(.named("data"), target: "/data")]
        for spec in [webContainer, built, mapped, mounted, entry(.grafana)] {
            #expect {
                try ProcessRenderer.render(spec, among: [], context)
            } throws: { error in
                let error = error as? AuroraError
                return error?.message.contains("'\(spec.name)'") == true && error?.hint?.isEmpty == false
            }
        }
    }
}
