/// A listening TCP socket as the kernel's table shows it.
struct ListeningSocket: Sendable, Equatable {
    let port: Int
    let uid: UInt32
    /// Names the socket in `/proc/PID/fd`; 0 when the kernel does not tell.
    let inode: UInt64
}

/// Reads the text of `/proc/net/tcp` and `/proc/net/tcp6`. Lines that make no sense are skipped.
enum SocketTable {
    private static let listening = "0A"

    static func listening(in text: String) -> [ListeningSocket] {
        text.split(separator: "\n").compactMap(socket)
    }

    /// `sl local_address rem_address st tx:rx tr:when retrnsmt uid timeout inode …`
    private static func socket(_ line: Substring) -> ListeningSocket? {
        let fields = line.split(separator: " ")
        guard fields.count > 9, fields[3] == listening,
            let colon = fields[1].lastIndex(of: ":"),
            let port = UInt16(fields[1][fields[1].index(after: colon)...], radix: 16),
            let uid = UInt32(fields[7]), let inode = UInt64(fields[9])
        else { return nil }
        return ListeningSocket(port: Int(port), uid: uid, inode: inode)
    }
}
