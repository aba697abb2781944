import AuroraConfig
import AuroraModel
import Testing

@Suite struct KeepSectionTests {
    @Test func everyFieldOfEveryKindIsRead() throws {
        let loaded = try manifest(
            """
            keep:
              db: { kind: postgres, url: "postgresql:///app?host=/run/postgresql" }
              cache: { kind: redis, url: "unix:///run/redis/redis.sock", ports: [ 6379, 16379 ] }
              web: { kind: nginx, config: [ /etc/nginx, ./sites ], unit: nginx.service, ports: [ 80, 443 ] }
              shop: { kind: container, container: shop-web.1, url: "http://127.0.0.1:8080", health: /up }
              metrics: { kind: prometheus, url: "http://127.0.0.1:9090", health: /-/healthy }
              pictures: { kind: grafana, url: "http://127.0.0.1:3000" }
              mail: { kind: process, unit: 'mail\\x2dsync@1.service', note: "asks every 5 minutes: twice" }
              nightly: { kind: cron, config: [ /var/spool/cron/crontabs/app ] }
              old: { kind: other, url: "tcp://127.0.0.1:9000" }
            """)
        #expect(loaded.keep.map(\.kind) == [.postgres, .redis, .nginx, .container, .prometheus, .grafana, .process, .cron, .other])
        #expect(loaded.keep[1].ports == [6379, 16379])
        #expect(loaded.keep[2].config.first == "/etc/nginx" && loaded.keep[2].config.last?.hasSuffix("/sites") == true)
        #expect(loaded.keep[3].container == "shop-web.1" && loaded.keep[3].health == "/up")
        #expect(loaded.keep[6].unit == "mail\\x2dsync@1.service" && loaded.keep[6].note == "asks every 5 minutes: twice")
        #expect(loaded.engines == [])
    }

    @Test(arguments: [
        ("{ kind: redis }", "keep.a has no 'url'", "add 'url': a URL such as redis://127.0.0.1:6379 or unix:///run/redis/redis.sock"),
        (
            "{ kind: redis, url: \"http://h\" }", "keep.a.url is 'http://h'",
            "use a URL such as redis://127.0.0.1:6379 or unix:///run/redis/redis.sock"
        ),
        (
            "{ kind: cron, url: \"http://h\" }", "keep.a.url is set, and its kind is 'cron'",
            "remove 'url', or use the kind of what it speaks"
        ),
        ("{ kind: container, health: /x }", "keep.a.health is set, and there is no 'url'", "add 'url', or remove 'health'"),
        (
            "{ kind: other, url: \"tcp://h:1\", health: /x }", "keep.a.health is set, and its kind is 'other'",
            "remove 'health': it is asked for over HTTP and belongs to kind 'http' and others with an HTTP 'url'"
        ),
        ("{ kind: process, unit: nginx }", "keep.a.unit is 'nginx'", "use a unit with its suffix, such as nginx.service"),
        ("{ kind: process, unit: \".service\" }", "keep.a.unit is '.service'", "use a unit with its suffix, such as nginx.service"),
        (
            "{ kind: container, container: _x }", "keep.a.container is '_x'",
            "use the name of a container: letters, digits, '_', '.' and '-', starting with a letter or digit"
        ),
        ("{ kind: process, ports: [ 0 ] }", "keep.a.ports[0] is '0'", "use a whole number from 1 to 65535"),
        ("{ kind: process, ports: 80 }", "keep.a.ports is '80'", "use a list: [ … ], each a whole number from 1 to 65535"),
        ("{ kind: process, config: [ \"\" ] }", "keep.a.config[0] is ''", "use the path of a file or folder, such as /etc/nginx"),
        (
            "{ kind: mysql, url: \"mysql://h\" }", "keep.a.kind is 'mysql'",
            "use postgres, redis, nginx, http, ollama, openai, prometheus, grafana, container, process, cron or other"
        ),
    ])
    func whatIsWrongIsSaidInFull(_ entry: String, _ reason: String, _ fix: String) throws {
        #expect(try words("keep:\n  a: \(entry)\n") == ["aurora.yml:2: error: \(reason)\n  fix: \(fix)"])
    }

    @Test func whatIsShownReadsBackAsTheSame() throws {
        let text =
            "keep: { a: { kind: nginx, url: \"https://h\", health: /x, unit: n.service, ports: [1], config: [/a b], note: \"$$x\" } }"
        var loaded = try manifest(text)
        var again = try manifest(ManifestRenderer.yaml(loaded))
        (loaded.source, again.source) = (nil, nil)
        #expect(loaded == again)
    }
}
