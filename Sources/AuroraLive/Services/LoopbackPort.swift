import Foundation

/// Whether anybody takes connections at a port of this machine.
enum LoopbackPort {
    private static let pause = Duration.milliseconds(20)

    /// Tries IPv4, then IPv6; never blocks a thread.
    static func accepts(_ port: Int, within limit: Duration, clock: any Clock<Duration>) async -> Bool {
        guard let number = UInt16(exactly: port), number > 0 else { return false }
        if await connect(AF_INET, number, limit, clock) { return true }
        return await connect(AF_INET6, number, limit, clock)
    }

    private static func connect(_ family: Int32, _ port: UInt16, _ limit: Duration, _ clock: any Clock<Duration>) async -> Bool {
        #if os(Linux)
        let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let descriptor = socket(family, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        if begin(descriptor, family, port) == 0 { return true }
        guard errno == EINPROGRESS else { return false }
        var rest = limit
        while rest > .zero {
            if let ended = hasEnded(descriptor) { return ended }
            guard (try? await clock.sleep(for: pause, tolerance: nil)) != nil else { return false }
            rest -= pause
        }
        return false
    }

    private static func begin(_ descriptor: Int32, _ family: Int32, _ port: UInt16) -> Int32 {
        if family == AF_INET {
            var address = sockaddr_in()
            address.sin_family = sa_family_t(family)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            return begin(descriptor, &address)
        }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(family)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        return begin(descriptor, &address)
    }

    private static func begin<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
        withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }

    /// Nil while it goes on.
    private static func hasEnded(_ descriptor: Int32) -> Bool? {
        var state = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&state, 1, 0) > 0 else { return nil }
        var problem: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0
    }
}
