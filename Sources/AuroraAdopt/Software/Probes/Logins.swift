import AuroraModel

/// Everything that the operator has written down about servers, and which of it is meant for a port.
struct Logins: Sendable {
    private(set) var postgres: [PostgresLogin] = []
    private(set) var redis: [(host: String, port: Int, login: RedisLogin?)] = []

    /// - Parameter pgpass: content of `~/.pgpass`, and its path.
    init(_ hints: SurveyHints, files: [EnvFile], pgpass: (text: String, path: String)?) {
        for (source, url) in hints.urls.sorted(by: { $0.key < $1.key }) { add(url.reveal(), source: source) }
        for file in files { add(file.values, of: file.path) }
        add(hints.environment, of: "the environment")
        if let pgpass { postgres += Credentials.pgpass(pgpass.text, path: pgpass.path) }
    }

    private mutating func add(_ url: String, source: String) {
        postgres += Credentials.postgres(url: url, source: source)
        if let found = Credentials.redis(url: url) { redis.append(found) }
    }

    private mutating func add(_ values: [String: Secret], of source: String) {
        postgres += Credentials.postgres(in: values, of: source)
        for (name, value) in values.sorted(by: { $0.key < $1.key }) where name.hasSuffix("REDIS_URL") {
            if let found = Credentials.redis(url: value.reveal()) { redis.append(found) }
        }
    }

    /// Those whose host and port are this server; a login that is written twice comes once.
    func postgres(for place: ServerPlace, _ container: ContainerFacts?) -> [PostgresLogin] {
        var found: [PostgresLogin] = []
        for login in postgres where Self.means(login.host, login.port, place, container) {
            let isKnown = found.contains {
                $0.user == login.user && $0.password == login.password && $0.database == login.database
            }
            if !isKnown { found.append(login) }
        }
        return found
    }

    func redis(for place: ServerPlace, _ container: ContainerFacts?) -> RedisLogin? {
        redis.first { $0.login != nil && Self.means($0.host, $0.port, place, container) }?.login
    }

    /// Databases that are on other machines, each once.
    func elsewhere(_ containers: [ContainerFacts]) -> [DatabaseElsewhere] {
        let here = Set(containers.flatMap { [$0.name, $0.service].compactMap { $0 } })
        var found: [DatabaseElsewhere] = []
        for login in postgres {
            guard let host = login.host, !Self.isLocal(host), !here.contains(host), !host.contains("$") else { continue }
            guard !found.contains(where: { $0.host == host && $0.port == login.port && $0.database == login.database }) else { continue }
            found.append(DatabaseElsewhere(host: host, port: login.port, database: login.database, source: login.source))
        }
        return found
    }

    /// In a compose network servers are called by their service, at the port inside the container.
    private static func means(_ host: String?, _ port: Int, _ place: ServerPlace, _ container: ContainerFacts?) -> Bool {
        if let container, let host, [container.name, container.service].contains(host) {
            return port == place.port || container.ports.contains { $0.hostPort == place.port && $0.port == port }
        }
        return port == place.port && (host.map { isLocal($0) || $0 == place.host } ?? true)
    }

    /// This machine by any of its usual names, or a folder of unix sockets.
    private static func isLocal(_ host: String) -> Bool {
        host.isEmpty || host == "localhost" || host.hasPrefix("127.") || host == "::1" || host == "0.0.0.0" || host.hasPrefix("/")
            || host == "host.docker.internal"
    }
}
