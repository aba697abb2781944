import Foundation

/// A socket that takes connections or datagrams, as the kernel's table shows it.
public struct ListeningSocket: Sendable, Equatable {
    public let transport: Listener.Transport
    /// As written by `inet_ntop`.
    public let address: String
    public let port: Int
    public let uid: UInt32
    /// Names the socket in `/proc/PID/fd`; 0 when the kernel does not tell.
    public let inode: UInt64

    public init(_ transport: Listener.Transport, address: String, port: Int, uid: UInt32, inode: UInt64) {
        (self.transport, self.address, self.port, self.uid, self.inode) = (transport, address, port, uid, inode)
    }
}

/// Reads the text of `/proc/net/tcp`, `tcp6`, `udp` and `udp6`. Lines that make no sense are skipped.
public enum SocketTable {
    public static func listening(_ transport: Listener.Transport = .tcp, in text: String) -> [ListeningSocket] {
        text.split(separator: "\n").compactMap { socket($0, transport) }
    }

    /// `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`
    private static func socket(_ line: Substring, _ transport: Listener.Transport) -> ListeningSocket? {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == state(of: transport),
            let colon = fields[1].lastIndex(of: ":"), let address = address(fields[1][..<colon]),
            let port = UInt16(fields[1][fields[1].index(after: colon)...], radix: 16),
            let uid = UInt32(fields[7]), let inode = UInt64(fields[9])
        else { return nil }
        return ListeningSocket(transport, address: address, port: Int(port), uid: uid, inode: inode)
    }

    /// `TCP_LISTEN`, or for datagrams `TCP_CLOSE`: a socket that is not tied to one sender.
    private static func state(of transport: Listener.Transport) -> String { transport == .tcp ? "0A" : "07" }

    /// Words of 32 bits, each in the byte order of the machine, which is little-endian wherever Swift runs.
    private static func address(_ hex: Substring) -> String? {
        let digits = Array(hex.utf8)
        guard digits.count == 8 || digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: digits.count, by: 8) {
            guard let word = UInt32(String(decoding: digits[start..<(start + 8)], as: UTF8.self), radix: 16) else { return nil }
            bytes += [UInt8(word & 255), UInt8(word >> 8 & 255), UInt8(word >> 16 & 255), UInt8(word >> 24)]
        }
        return bytes.count == 4 ? bytes.map(String.init).joined(separator: ".") : written(bytes)
    }

    private static func written(_ bytes: [UInt8]) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, bytes, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
