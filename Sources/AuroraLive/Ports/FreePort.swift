public import AuroraModel
import Foundation

/// Picks a port that nobody uses.
public enum FreePort {
    /// A free TCP port on 127.0.0.1. Somebody else may take it before it is used: the user of it must cope.
    public static func find() throws(AuroraError) -> Int {
        #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let descriptor = socket(AF_INET, kind, 0)
        guard descriptor >= 0 else { throw failure() }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { plain in
                bind(descriptor, plain, length) == 0 && getsockname(descriptor, plain, &length) == 0
            }
        }
        guard bound else { throw failure() }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    private static func failure() -> AuroraError {
        AuroraError(
            .failed, "cannot get a free port on '127.0.0.1': \(String(cString: strerror(errno)))",
            hint: "see how many connections there are with 'ss -s'")
    }
}
