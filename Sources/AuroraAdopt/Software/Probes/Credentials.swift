import AuroraModel
import Foundation

/// How to connect to a PostgreSQL server, from a place that the operator wrote down. Nothing here is guessed.
struct PostgresLogin: Sendable, Equatable {
    /// Nil: any server of this machine with that port.
    var host: String?
    var port: Int
    var user: String?
    var database: String?
    /// Nil where `psql` finds it itself, in `~/.pgpass`.
    var password: Secret?
    var sslMode: String?
    /// For the report: where this comes from.
    var source: String
}

/// Collects logins from what the operator has written: URLs, variables, `.pgpass`.
enum Credentials {
    /// `postgres://user:password@host:port/database?sslmode=…`; of several hosts each gives a login.
    static func postgres(url: String, source: String) -> [PostgresLogin] {
        guard let parts = URLParts(url), ["postgres", "postgresql"].contains(parts.baseScheme) else { return [] }
        return parts.hosts.map { host, port in
            PostgresLogin(
                host: host, port: port ?? 5432, user: parts.user, database: parts.path.isEmpty ? nil : parts.path,
                password: parts.password.map { Secret($0) }, sslMode: parts.query["sslmode"], source: source)
        }
    }

    /// `DATABASE_URL`, `*_DATABASE_URL`, `POSTGRES_URL`, and the set `DB_PRIMARY_HOST` … or `PGHOST` … of a file or an environment.
    static func postgres(in values: [String: Secret], of source: String) -> [PostgresLogin] {
        var logins: [PostgresLogin] = []
        for (name, value) in values.sorted(by: { $0.key < $1.key }) where name.hasSuffix("DATABASE_URL") || name.hasSuffix("POSTGRES_URL") {
            logins += postgres(url: value.reveal(), source: "\(name) in \(source)")
        }
        for prefix in ["DB_PRIMARY_", "DB_", "PG", "POSTGRES_"] {
            if let login = postgres(prefix: prefix, in: values, of: source) { logins.append(login) }
        }
        return logins
    }

    private static func postgres(prefix: String, in values: [String: Secret], of source: String) -> PostgresLogin? {
        func value(_ names: String...) -> String? {
            names.lazy.compactMap { values[prefix + $0]?.reveal() }.first { !$0.isEmpty }
        }
        let host = value("HOST")
        guard let user = value("USER") ?? (prefix == "DB_PRIMARY_" ? values["DB_USER"]?.reveal() : nil), host != nil || prefix == "PG"
        else { return nil }
        let password = value("PASSWORD", "PASS") ?? (prefix == "DB_PRIMARY_" ? values["DB_PASSWORD"]?.reveal() : nil)
        return PostgresLogin(
            host: host, port: value("PORT").flatMap { HostPort.port($0[...]) } ?? 5432, user: user,
            database: value("NAME", "DATABASE", "DB"), password: password.map { Secret($0) }, sslMode: value("SSLMODE"),
            source: "\(prefix)USER in \(source)")
    }

    /// Lines of `host:port:database:user:password` with `*` for anything. Only who may log in is taken; `psql` reads the password
    /// itself, and only from a file that nobody else may read.
    static func pgpass(_ text: String, path: String) -> [PostgresLogin] {
        text.split(whereSeparator: \.isNewline).compactMap { line in
            let fields = fields(line)
            guard !line.hasPrefix("#"), fields.count == 5, fields[3] != "*", fields[1] == "*" || HostPort.port(fields[1][...]) != nil
            else { return nil }
            return PostgresLogin(
                host: fields[0] == "*" ? nil : fields[0], port: HostPort.port(fields[1][...]) ?? 5432, user: fields[3],
                database: fields[2] == "*" || fields[2] == "replication" ? nil : fields[2], source: path)
        }
    }

    /// Parted by colons; a backslash takes the next character as it is.
    private static func fields(_ line: Substring) -> [String] {
        var fields = [""]
        var isEscaped = false
        for character in line {
            if isEscaped {
                fields[fields.count - 1].append(character)
                isEscaped = false
            } else if character == "\\" {
                isEscaped = true
            } else if character == ":", fields.count < 5 {
                fields.append("")
            } else {
                fields[fields.count - 1].append(character)
            }
        }
        return fields
    }

    static func redis(url: String) -> (host: String, port: Int, login: RedisLogin?)? {
        guard let parts = URLParts(url), parts.baseScheme == "redis", let (host, port) = parts.hosts.first else { return nil }
        let user = parts.user.flatMap { $0.isEmpty || $0 == "default" ? nil : $0 }
        return (host, port ?? 6379, parts.password.map { RedisLogin(user: user, password: Secret($0)) })
    }
}

/// A URL with, maybe, several hosts, which Foundation's type does not read.
struct URLParts: Equatable {
    var baseScheme: String
    var user: String?
    var password: String?
    var hosts: [Host]
    /// Without the slash in front.
    var path: String
    var query: [String: String] = [:]

    typealias Host = (host: String, port: Int?)

    static func == (one: URLParts, other: URLParts) -> Bool {
        one.baseScheme == other.baseScheme && one.user == other.user && one.password == other.password && one.path == other.path
            && one.query == other.query && one.hosts.elementsEqual(other.hosts) { $0 == $1 }
    }

    /// Nil when it is no URL with a host.
    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://") else { return nil }
        // `postgresql+asyncpg` names a driver behind the scheme.
        baseScheme = String(text[..<scheme.lowerBound].prefix { $0 != "+" }).lowercased()
        let rest = text[scheme.upperBound...].prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        var hostPart = authority
        if let at = authority.lastIndex(of: "@") {
            let login = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = login.first.flatMap { $0.isEmpty ? nil : Self.decoded($0) }
            password = login.count == 2 ? Self.decoded(login[1]) : nil
            hostPart = authority[authority.index(after: at)...]
        }
        let hosts = hostPart.split(separator: ",").map { HostPort.split(String($0), port: 0) }
        guard !hosts.isEmpty, !hosts.contains(where: { $0 == nil }) else { return nil }
        self.hosts = hosts.compactMap { $0 }.map { ($0.host, $0.port == 0 ? nil : $0.port) }
        let tail = rest[authority.endIndex...].split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = tail.first.map { Self.decoded($0.drop { $0 == "/" }) } ?? ""
        for pair in tail.count == 2 ? tail[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if sides.count == 2 { query[Self.decoded(sides[0])] = Self.decoded(sides[1]) }
        }
    }

    private static func decoded(_ text: Substring) -> String { text.removingPercentEncoding ?? String(text) }
}
