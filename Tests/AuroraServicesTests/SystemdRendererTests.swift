import AuroraModel
import AuroraServices
import Testing

@Suite struct SystemdRendererTests {
    private func unit(_ services: [ServiceSpec], _ name: String) throws -> String {
        try #require(try SystemdRenderer.render(services, context).file("aurora-\(name).service"))
    }

    @Test func whatTheServiceSaysIsWhatTheUnitSays() throws {
        let text = try unit([worker, entry(.redis)], "worker")
        for line in [
            "User=nobody", "Group=nogroup", "WorkingDirectory=/srv/worker", "Restart=always", "KillSignal=SIGINT", "TimeoutStopSec=90s",
            "MemoryMax=536870912", "CPUQuota=150%", "TasksMax=100", "Requires=aurora-redis.service",
            "After=network-online.target aurora-redis.service", "ReadWritePaths=/srv/worker", "ProtectSystem=strict", "NoNewPrivileges=yes",
            "Environment=\"MODE=100%% \\\"on\\\"\"", "EnvironmentFile=/srv/deploy/secrets/worker.env",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test func wordsOfTheCommandMeanThemselves() throws {
        let text = try unit([worker, entry(.redis)], "worker")
        #expect(
            text.contains(
                "ExecStart=/usr/bin/python3 \"work er.py\" --password ${DB_PASSWORD} 100%% $$HOME \"a\\\"b\"\n"))
    }

    @Test func secretsStandOnlyInTheirFile() throws {
        let rendering = try SystemdRenderer.render([worker, entry(.redis)], context)
        for secret in ["hunter22", "file-secret", "a$b"] { #expect(!rendering.open.contains(secret)) }
        let file = try #require(rendering.files.first { $0.path == "secrets/worker.env" })
        #expect(file.mode == 0o600)
        #expect(file.contents == "FROM_FILE=\"file-secret\"\nTOKEN=\"a\\$b\\\"c\\\\d\"\nDB_PASSWORD=\"hunter22\"\n")
    }

    @Test func whoeverIsWaitedForCountsAsStartedWhenHealthy() throws {
        #expect(try unit([worker, entry(.redis)], "redis").contains("ExecStartPost=/bin/bash -c"))
        #expect(try !unit([entry(.redis)], "redis").contains("ExecStartPost"))
    }

    @Test func whatIsWaitedForToEndIsATask() throws {
        var migrate = worker
        (migrate.name, migrate.restart, migrate.dependsOn) = ("migrate", .no, [])
        var app = worker
        app.dependsOn = [ServiceDependency("migrate", .completed)]
        let text = try unit([migrate, app], "migrate")
        #expect(text.contains("Type=oneshot\nRemainAfterExit=yes\n"))
    }

    @Test func aLimitOfRestartsIsALimitOfStarts() throws {
        var spec = worker
        (spec.restart, spec.dependsOn) = (.onFailure(limit: 3), [])
        let text = try unit([spec], "worker")
        #expect(text.contains("Restart=on-failure\n") && text.contains("StartLimitBurst=4\n"))
    }

    @Test func volumesAppearWhereTheServiceExpectsThem() throws {
        var spec = worker
        spec.dependsOn = []
        spec.volumes = [
            VolumeMount(.bind("/srv/data"), target: "/srv/data", isReadOnly: true), VolumeMount(.bind("/srv/in"), target: "/in"),
            VolumeMount(.named("kept"), target: "/kept"), VolumeMount(.memory, target: "/run/scratch"),
        ]
        let text = try unit([spec], "worker")
        for line in [
            "ReadOnlyPaths=/srv/data", "BindPaths=/srv/in:/in", "StateDirectory=aurora-volumes/kept",
            "BindPaths=/var/lib/aurora-volumes/kept:/kept", "TemporaryFileSystem=/run/scratch",
        ] {
            #expect(text.contains("\n\(line)\n"), "\(line)")
        }
    }

    @Test func anImageIsRefusedWithTheRuntimesThatCould() {
        #expect {
            try SystemdRenderer.render([webContainer], context)
        } throws: { error in
            let error = error as? AuroraError
            return error?.message.contains("'web'") == true && error?.hint?.contains("compose") == true
        }
    }
}
