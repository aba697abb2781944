public import AuroraModel
import Foundation
import NIOCore

#if canImport(Glibc)
import Glibc
private let streamType = CInt(SOCK_STREAM.rawValue)
#else
import Darwin
private let streamType = SOCK_STREAM
#endif

/// A socket that is bound and listening before anything else starts, so that a taken port costs no clean-up.
///
/// Clients that come before the server runs wait in the backlog instead of being refused.
public struct BoundSocket: Sendable {
    public enum Address: Sendable, Equatable {
        case tcp(host: String, port: Int)
        case unix(path: String)
    }

    /// Owned by the listener that takes it.
    public let descriptor: CInt
    /// The real one: port 0 has become a number.
    public let address: Address

    private static let backlog: CInt = 1024

    /// Binds a numeric address. Throws `portTaken` (port held or not ours to take) or `invalid` (no such address here).
    /// - Parameter isEarly: the machine may get the address later and then answers on it. Linux only; elsewhere it throws as without.
    public static func tcp(host: String, port: Int, isEarly: Bool = false) throws(AuroraError) -> BoundSocket {
        guard (0...65535).contains(port) else {
            throw AuroraError(.invalid, "'\(port)' is not a port", hint: "use a number from 1 to 65535, or 0 for any free port")
        }
        let address: SocketAddress
        do {
            address = try SocketAddress(ipAddress: host, port: port)
        } catch {
            throw AuroraError(.invalid, "'\(host)' is not an IP address", hint: "listen on a numeric address such as 127.0.0.1")
        }
        let family: CInt = address.protocol == .inet6 ? AF_INET6 : AF_INET
        let descriptor = try open(family: family)
        var yes: CInt = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<CInt>.size))
        #if os(Linux)
        if isEarly { setsockopt(descriptor, CInt(IPPROTO_IP), IP_FREEBIND, &yes, socklen_t(MemoryLayout<CInt>.size)) }
        #endif
        let bound = address.withSockAddr { pointer, size in bind(descriptor, pointer, socklen_t(size)) }
        guard bound == 0, listen(descriptor, backlog) == 0 else {
            let code = errno
            close(descriptor)
            throw failure(code, host: host, port: port)
        }
        return BoundSocket(descriptor: descriptor, address: .tcp(host: host, port: localPort(of: descriptor) ?? port))
    }

    /// Binds a unix socket readable by its owner only. A file left by a dead process is replaced, a live one is not.
    public static func unix(path: String) throws(AuroraError) -> BoundSocket {
        guard let address = try? SocketAddress(unixDomainSocketPath: path) else {
            throw AuroraError(
                .invalid, "the socket path '\(path)' is too long", hint: "choose a shorter state folder (at most about 90 characters)")
        }
        let descriptor = try open(family: AF_UNIX)
        let answered = address.withSockAddr { pointer, size in connect(descriptor, pointer, socklen_t(size)) } == 0
        close(descriptor)
        guard !answered else {
            throw AuroraError(
                .portTaken, "another node already answers on '\(path)'", hint: "stop it, or give this one its own --state folder")
        }
        try removeStale(path)
        let fresh = try open(family: AF_UNIX)
        let mask = umask(0o177)
        let bound = address.withSockAddr { pointer, size in bind(fresh, pointer, socklen_t(size)) }
        umask(mask)
        guard bound == 0, listen(fresh, backlog) == 0 else {
            let reason = String(cString: strerror(errno))
            close(fresh)
            throw AuroraError(.failed, "cannot listen on '\(path)': \(reason)", hint: "check that its folder exists and is yours")
        }
        return BoundSocket(descriptor: fresh, address: .unix(path: path))
    }

    /// Asks once more for the long queue of callers, because swift-nio shortens it when it takes a socket over: a unix socket refuses
    /// callers beyond it, and TCP makes them wait a second.
    public func lengthenQueue() { _ = listen(descriptor, Self.backlog) }

    /// `http://127.0.0.1:8001`; for a unix socket, its path.
    public var url: String {
        switch address {
        case .tcp(let host, let port): "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        case .unix(let path): path
        }
    }

    private static func open(family: CInt) throws(AuroraError) -> CInt {
        let descriptor = socket(family, streamType, 0)
        guard descriptor >= 0 else {
            throw AuroraError(.failed, "cannot open a socket: \(String(cString: strerror(errno)))")
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
    }

    private static func removeStale(_ path: String) throws(AuroraError) {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return }
        guard attributes[.type] as? FileAttributeType == .typeSocket else {
            throw AuroraError(
                .refused, "'\(path)' is not a socket, and is not replaced by one", hint: "move it away, or choose another state folder")
        }
        unlink(path)
    }

    private static func localPort(of descriptor: CInt) -> Int? {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let known = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        guard known == 0 else { return nil }
        // The port sits at the same place in sockaddr_in and sockaddr_in6. Read as bytes, because which of several C modules has the
        // field `sin_port` differs from build to build.
        return withUnsafeBytes(of: storage) { Int(UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self))) }
    }

    private static func failure(_ code: CInt, host: String, port: Int) -> AuroraError {
        switch code {
        case EADDRINUSE:
            AuroraError(
                .portTaken, "port \(port) on \(host) is taken", hint: "stop its owner, or choose another port in aurora.yml under 'ports:'")
        case EACCES:
            AuroraError(
                .portTaken, "port \(port) on \(host) needs more rights", hint: "choose a port above 1023 in aurora.yml under 'ports:'")
        case EADDRNOTAVAIL:
            AuroraError(
                .invalid, "this machine has no address '\(host)'", hint: "correct 'listen:' in aurora.yml, or bring the VPN up first")
        default:
            AuroraError(.failed, "cannot listen on \(host):\(port): \(String(cString: strerror(code)))")
        }
    }
}
