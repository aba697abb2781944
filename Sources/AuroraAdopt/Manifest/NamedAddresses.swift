import AuroraModel
import Foundation

/// Addresses of databases and caches that the `.env` beside the manifest holds, so that a manifest can refer to them by name.
struct NamedAddresses {
    private struct Named {
        /// As it would be written: `${DATABASE_URL}`.
        let reference: String
        let kind: KeptKind
        let url: String
        /// The variables in it, for people.
        let source: String
    }

    private static let kinds: [String: KeptKind] = ["postgres": .postgres, "postgresql": .postgres, "redis": .redis, "rediss": .redis]

    private let named: [Named]

    init(_ variables: [String: Secret]) {
        let urls = variables.sorted { Self.rank($0.key) < Self.rank($1.key) }.compactMap { name, value -> Named? in
            let url = value.reveal()
            guard let parts = URLComponents(string: url), let kind = parts.scheme.flatMap({ Self.kinds[$0] }), parts.host != nil else {
                return nil
            }
            return Named(reference: "${\(name)}", kind: kind, url: url, source: name)
        }
        named = urls + [Self.primary(variables)].compactMap(\.self)
    }

    /// What a manifest writes for a server on this machine; nil when no variable leads to it.
    func reference(to port: Int, _ kind: KeptKind, _ places: LocalPlace) -> String? {
        named.first { $0.kind == kind && places.port(of: $0.url) == port }?.reference
    }

    /// Databases on other machines, each once.
    func elsewhere(_ places: LocalPlace) -> [KeptCandidate] {
        var seen: Set<String> = []
        return named.compactMap { named in
            guard named.kind == .postgres, places.port(of: named.url) == nil, let place = LocalPlace.authority(of: named.url) else {
                return nil
            }
            guard seen.insert(place).inserted else { return nil }
            return KeptCandidate(
                name: "database", kind: .postgres, url: named.reference, found: "on another machine, named by \(named.source) in .env",
                runs: "another machine")
        }
    }

    /// The text with the variables put in, as far as they are known.
    static func resolved(_ text: String, _ variables: [String: Secret]) -> String {
        variables.reduce(text) { $0.replacing("${\($1.key)}", with: $1.value.reveal()) }
    }

    /// `DB_PRIMARY_HOST` and `DB_PRIMARY_PORT`, with the user, password and database that stand beside them.
    private static func primary(_ variables: [String: Secret]) -> Named? {
        guard isPlain(variables["DB_PRIMARY_HOST"]), isPlain(variables["DB_PRIMARY_PORT"]) else { return nil }
        let password = isPlain(variables["DB_PASSWORD"]) ? ":${DB_PASSWORD}" : ""
        let login = isPlain(variables["DB_USER"]) ? "${DB_USER}\(password)@" : ""
        let database = isPlain(variables["DB_NAME"]) ? "${DB_NAME}" : "postgres"
        let reference = "postgresql://\(login)${DB_PRIMARY_HOST}:${DB_PRIMARY_PORT}/\(database)"
        let url = resolved(reference, variables)
        guard URLComponents(string: url)?.port != nil else { return nil }
        return Named(reference: reference, kind: .postgres, url: url, source: "DB_PRIMARY_HOST")
    }

    /// Whether it needs no escaping wherever it stands in a URL.
    private static func isPlain(_ value: Secret?) -> Bool {
        guard let text = value?.reveal(), !text.isEmpty else { return false }
        return text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || "._~-".utf8.contains(byte)
        }
    }

    /// The usual names first.
    private static func rank(_ name: String) -> (Int, String) { (["DATABASE_URL": 0, "REDIS_URL": 0][name] ?? 1, name) }
}
