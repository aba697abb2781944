#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

extension ValueType where Value == String {
    /// An IPv4 address.
    static var ipv4: Self {
        .scalar("IPv4 address", expected: "an IPv4 address, such as 10.0.0.1", show: { .text($0) }) { IPAddress.isV4($0) ? $0 : nil }
    }

    /// An address of this machine to listen on, as numbers: a name could change what it means.
    static var listenAddress: Self {
        .scalar("address", expected: "an IPv4 or IPv6 address, such as 127.0.0.1, or 'vpn'", show: { .text($0) }) { text in
            IPAddress.isV4(text) || IPAddress.isV6(text) || text == Manifest.ListenAddress.vpnWord ? text : nil
        }
    }

    /// A host name or an address, without scheme and port.
    static var host: Self {
        .scalar("host name or address", expected: "a host name or address without scheme and port", show: { .text($0) }) { text in
            HostName.isValid(text) || IPAddress.isV6(text) ? text : nil
        }
    }
}

enum HostName {
    static func isValid(_ text: some StringProtocol) -> Bool {
        guard text.utf8.count <= 253 else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
            !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
                && label.utf8.allSatisfy { $0.continuesName || $0 == hyphen }
        }
    }

    private static let hyphen = UInt8(ascii: "-")
}

enum IPAddress {
    static func isV4(_ text: String) -> Bool {
        var address = in_addr()
        return inet_pton(AF_INET, text, &address) == 1
    }

    static func isV6(_ text: String) -> Bool { v6(text) != nil }

    /// Whether it stands for every address of the machine.
    static func isAny(_ text: String) -> Bool { v4(text) == [0, 0, 0, 0] || v6(text)?.allSatisfy { $0 == 0 } == true }

    /// Whether only this machine can reach it.
    static func isLoopback(_ text: String) -> Bool {
        v4(text)?.first == 127 || v6(text).map { $0.last == 1 && $0.dropLast().allSatisfy { $0 == 0 } } == true
    }

    private static func v4(_ text: String) -> [UInt8]? {
        var address = in_addr()
        guard inet_pton(AF_INET, text, &address) == 1 else { return nil }
        return withUnsafeBytes(of: &address) { Array($0) }
    }

    private static func v6(_ text: String) -> [UInt8]? {
        var address = in6_addr()
        guard inet_pton(AF_INET6, text, &address) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: &address) { Array($0) }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xFF && bytes[11] == 0xFF
        return isMapped ? Array(repeating: 0, count: 12) + bytes[12...] : bytes
    }
}
