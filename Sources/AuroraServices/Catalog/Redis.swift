import AuroraModel

extension CatalogEntry {
    /// Redis, which keeps what it has acknowledged (append-only file, synced every second).
    static let redis = CatalogEntry(
        service: .redis, image: "redis:7.2-bookworm",
        program: Program(name: "redis-server", path: "/usr/bin/redis-server", package: "redis-server"), userID: 999,
        files: { place in
            [
                (
                    "redis.conf",
                    """
                    bind \(place.addresses.joined(separator: " "))
                    port \(place.port)
                    protected-mode \(place.isLoopback ? "yes" : "no")
                    dir \(quoted(place.data))
                    appendonly yes
                    appendfsync everysec
                    save 3600 1 300 100
                    maxmemory-policy noeviction
                    daemonize no
                    logfile ""

                    """
                )
            ]
        },
        arguments: { place in (place.isContainer ? ["redis-server"] : []) + ["\(place.settings)/redis.conf"] },
        health: { place in place.isContainer ? .command(["redis-cli", "-p", "\(place.port)", "ping"]) : .tcp(place.port) })

    /// A text as Redis reads it in its settings.
    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}
