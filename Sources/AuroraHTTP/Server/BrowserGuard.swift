public import AuroraModel

/// Keeps foreign web pages out of a node that asks for no token: a browser lets any page send requests to loopback.
///
/// A page of another origin shows itself by `Origin`; a page whose name was made to point here (DNS rebinding) by a `Host` that is none
/// of a private machine's names. Ollama guards its own port in the same way.
public enum BrowserGuard {
    /// Throws `forbidden` when the call may come from a foreign page. Callers with a token need no such check: a page has none.
    /// - Parameter cors: the pages that may call.
    public static func check(_ principal: Principal, origin: String?, host: String?, cors: CORS = CORS()) throws(AuroraError) {
        guard principal == .anonymous else { return }
        if let host, !isOwnName(host) {
            throw AuroraError(
                .forbidden, "without tokens this node does not answer to the name '\(host.prefix(100))'",
                hint: "call it by address, or make a token with 'aurora token create'; a proxy in front should set 'Host: localhost'")
        }
        guard let origin, !cors.allows(origin: origin, host: host) else { return }
        throw AuroraError(
            .forbidden, "without tokens this node does not answer pages of '\(origin.prefix(100))'",
            hint: "name the page under 'origins:' in aurora.yml, or make a token with 'aurora token create' and send it with the request")
    }

    /// The usual case, told without taking the text apart.
    private static func isAddressAndPort(_ host: String) -> Bool {
        guard let first = host.utf8.first, (0x30...0x39).contains(first) else { return false }
        return host.utf8.allSatisfy { (0x30...0x3A).contains($0) || $0 == 0x2E }
    }

    /// An address, or a name that no public domain can have.
    static func isOwnName(_ host: String) -> Bool {
        if host.hasPrefix("[") || isAddressAndPort(host) { return true }
        let name = (host.split(separator: ":", maxSplits: 1).first.map(String.init) ?? "").lowercased()
        guard let last = name.split(separator: ".").last else { return false }
        let isAddress = last.allSatisfy(\.isNumber)
        return isAddress || !name.contains(".") || ["localhost", "local", "internal"].contains(String(last))
    }
}
