/// Hosts that plain HTTP may carry a token to: this machine, private networks, and names that no public domain can have.
public enum PrivateHost {
    /// - Parameter host: a name or an address, IPv6 without brackets.
    public static func contains(_ host: String) -> Bool {
        if host.contains(":") { return isPrivateV6(host.lowercased()) }
        let labels = host.lowercased().split(separator: ".", omittingEmptySubsequences: false)
        let octets = labels.compactMap { UInt8($0) }
        if octets.count == 4, labels.count == 4 { return isPrivateV4(octets) }
        guard let last = labels.last, !last.isEmpty, !last.allSatisfy(\.isNumber) else { return false }
        return labels.count == 1 || ["localhost", "local", "internal"].contains(last)
    }

    /// RFC 1918, loopback, link-local, and the shared range of RFC 6598 that overlay networks use.
    private static func isPrivateV4(_ octets: [UInt8]) -> Bool {
        switch (octets[0], octets[1]) {
        case (10, _), (127, _), (192, 168), (169, 254): true
        case (172, 16...31), (100, 64...127): true
        default: false
        }
    }

    /// Loopback, unique local (RFC 4193) and link-local addresses.
    private static func isPrivateV6(_ host: String) -> Bool {
        host == "::1" || ["fc", "fd", "fe8", "fe9", "fea", "feb"].contains { host.hasPrefix($0) && host.prefix { $0 != ":" }.count == 4 }
    }
}
