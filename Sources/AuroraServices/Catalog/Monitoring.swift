import AuroraModel

extension CatalogEntry {
    /// Prometheus, which asks this node, and the other services that tell numbers, for theirs.
    static let prometheus = CatalogEntry(
        service: .prometheus, image: "prom/prometheus:v2.53.4",
        program: Program(name: "prometheus", path: "/usr/bin/prometheus", package: "prometheus"), containerData: "/prometheus",
        userID: 65_534, containerHosts: ["host.docker.internal:host-gateway"], files: { [("prometheus.yml", scrapes($0))] },
        arguments: { place in
            [
                "--config.file=\(place.settings)/prometheus.yml", "--storage.tsdb.path=\(place.data)", "--storage.tsdb.retention.time=30d",
                "--web.listen-address=\(place.firstAddress.bracketed):\(place.port)",
            ]
        },
        health: { place in
            let url = "http://127.0.0.1:\(place.port)/-/healthy"
            return place.isContainer ? .command(["wget", "-q", "-O", "/dev/null", url]) : .http(url)
        })

    private static func scrapes(_ place: Place) -> String {
        let jobs = (place.targets + [("prometheus", "127.0.0.1:\(place.port)")]).map { target in
            "  - job_name: \(target.0)\n    static_configs:\n      - targets: [\"\(target.1)\"]\n"
        }
        return "global:\n  scrape_interval: 15s\n\nscrape_configs:\n" + jobs.joined()
    }

    /// The numbers of the machine.
    static let nodeExporter = CatalogEntry(
        service: .nodeExporter, image: "prom/node-exporter:v1.8.2",
        program: Program(name: "prometheus-node-exporter", path: "/usr/bin/prometheus-node-exporter", package: "prometheus-node-exporter"),
        dataKind: .none, containerVolumes: [VolumeMount(.bind("/"), target: "/host", isReadOnly: true)],
        arguments: { place in
            ["--web.listen-address=\(place.firstAddress.bracketed):\(place.port)"] + (place.isContainer ? ["--path.rootfs=/host"] : [])
        },
        health: { place in
            place.isContainer ? .command(["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:\(place.port)/"]) : .tcp(place.port)
        })

    /// Grafana, with Prometheus as its source of numbers.
    static let grafana = CatalogEntry(
        service: .grafana, image: "grafana/grafana:11.2.0", program: nil,
        containerSettings: "/etc/grafana/provisioning/datasources", containerData: "/var/lib/grafana", userID: 472,
        environment: [
            EnvironmentVariable("GF_ANALYTICS_REPORTING_ENABLED", "false"), EnvironmentVariable("GF_ANALYTICS_CHECK_FOR_UPDATES", "false"),
            EnvironmentVariable("GF_USERS_ALLOW_SIGN_UP", "false"),
        ],
        files: { place in
            [
                (
                    "aurora.yml",
                    """
                    apiVersion: 1
                    datasources:
                      - name: Prometheus
                        type: prometheus
                        access: proxy
                        url: http://\(place.prometheus)
                        isDefault: true

                    """
                )
            ]
        },
        arguments: { _ in [] },
        health: { place in .command(["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:\(place.port)/api/health"]) })
}
