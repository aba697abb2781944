import AuroraModel
import Foundation

/// Which port of this machine a URL leads to.
struct LocalPlace {
    private static let standardPorts = ["http": 80, "https": 443, "postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379]

    private let addresses: Set<String>

    init(_ network: NetworkFacts) {
        let own = network.interfaces.flatMap(\.addresses).map { String($0.prefix { $0 != "/" }) }
        addresses = Set(own + ["localhost", "0.0.0.0", "::", "::1"])
    }

    /// Nil where it leads to another machine, to no port, or cannot be told.
    func port(of url: String) -> Int? {
        guard let parts = URLComponents(string: url), let host = parts.host, let scheme = parts.scheme?.lowercased() else { return nil }
        let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        guard addresses.contains(bare) || bare.hasPrefix("127.") else { return nil }
        return parts.port ?? Self.standardPorts[scheme]
    }

    /// `host:port` of a URL, wherever it leads; nil when it names neither.
    static func authority(of url: String) -> String? {
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty, let scheme = parts.scheme?.lowercased() else {
            return nil
        }
        return (parts.port ?? standardPorts[scheme]).map { "\(host.lowercased()):\($0)" }
    }
}

extension Listener {
    /// How a program on this machine reaches it.
    var reachableHost: String {
        switch address {
        case "0.0.0.0", "::", "127.0.0.1": "127.0.0.1"
        case _ where address.contains(":"): "[\(address)]"
        default: address
        }
    }
}
