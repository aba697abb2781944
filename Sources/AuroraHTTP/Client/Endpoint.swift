public import AuroraModel
import Foundation

/// Where to connect: the part of a URL that a connection pool is keyed by.
public struct Endpoint: Hashable, Sendable {
    public enum Transport: Hashable, Sendable { case plain, tls, unix(path: String) }

    public let transport: Transport
    public let host: String
    public let port: Int
    /// What the `Host` header says: never the client's own, because a loopback Ollama answers strange hosts with 403.
    public let hostHeader: String

    /// Splits a URL into where to connect and what to ask for there (path with query, at least `/`).
    public static func parse(_ url: String) throws(AuroraError) -> (endpoint: Endpoint, path: String) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(), let host = parts.host, !host.isEmpty else {
            throw AuroraError(.invalid, "'\(url)' is not a URL", hint: "write it like http://127.0.0.1:11434")
        }
        // Without a value where the number is too large to be one.
        guard parts.rangeOfPort == nil || parts.port.map((0...65535).contains) == true else {
            throw AuroraError(.invalid, "'\(url)' names no port from 0 to 65535", hint: "write it like http://127.0.0.1:11434")
        }
        let path = (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath) + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
        switch scheme {
        case "http": return (network(host, parts.port, default: 80, .plain), path)
        case "https": return (network(host, parts.port, default: 443, .tls), path)
        case "http+unix":
            // From the encoded form: `host` is decoded already, and a path may have a percent sign of its own.
            let socket = parts.encodedHost?.removingPercentEncoding ?? host
            return (Endpoint(transport: .unix(path: socket), host: socket, port: 0, hostHeader: "localhost"), path)
        default:
            throw AuroraError(.invalid, "'\(scheme)' URLs cannot be called", hint: "use http:// or https://")
        }
    }

    private static func network(_ host: String, _ port: Int?, default standard: Int, _ transport: Transport) -> Endpoint {
        let bare = host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
        let shown = bare.contains(":") ? "[\(bare)]" : bare
        return Endpoint(
            transport: transport, host: bare, port: port ?? standard,
            hostHeader: port.map { $0 == standard ? shown : "\(shown):\($0)" } ?? shown)
    }
}
