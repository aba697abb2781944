import Dispatch
import Foundation

/// One question to a port of loopback, with a time at which it is over.
struct LoopbackExchange {
    let end: ContinuousClock.Instant

    /// Nil when nobody answers, or when `host` is not this machine's loopback.
    func run(port: Int, host: String, send: [UInt8], limit: Int, until: @Sendable ([UInt8]) -> Bool) async -> [UInt8]? {
        guard let address = LoopbackAddress(host: host, port: port), let descriptor = address.connecting() else { return nil }
        defer { close(descriptor) }
        guard await isReady(descriptor, POLLOUT), Self.isConnected(descriptor), await write(send, to: descriptor) else { return nil }
        var answer: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        while answer.count < limit, !until(answer), await isReady(descriptor, POLLIN) {
            let count = recv(descriptor, &piece, min(piece.count, limit - answer.count), 0)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { break }
            answer += piece[..<count]
        }
        return answer.isEmpty ? nil : answer
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) async -> Bool {
        #if os(Linux)
        let flags = Int32(MSG_NOSIGNAL)
        #else
        let flags: Int32 = 0
        #endif
        var rest = bytes[...]
        while !rest.isEmpty {
            guard await isReady(descriptor, POLLOUT) else { return false }
            let count = rest.withUnsafeBytes { Foundation.send(descriptor, $0.baseAddress, $0.count, flags) }
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    private static func isConnected(_ descriptor: Int32) -> Bool {
        var error: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0
    }

    /// Waits outside of Swift's own threads. The wait ends by itself, so the descriptor is never closed under it.
    private func isReady(_ descriptor: Int32, _ event: Int32) async -> Bool {
        let left = ContinuousClock.now.duration(to: end)
        guard left > .zero else { return false }
        let milliseconds = Int32(clamping: left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1)
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var wanted = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: event), revents: 0)
                continuation.resume(returning: poll(&wanted, 1, milliseconds) > 0)
            }
        }
    }
}

/// An address of this machine that no network leads to.
private struct LoopbackAddress {
    private let text: String
    private let port: UInt16

    init?(host: String, port: Int) {
        guard let port = UInt16(exactly: port), port > 0 else { return nil }
        let text = host == "localhost" ? "127.0.0.1" : host
        guard text.hasPrefix("127.") || text == "::1" else { return nil }
        (self.text, self.port) = (text, port)
    }

    /// A socket that has begun to connect; nil when nobody listens there.
    func connecting() -> Int32? {
        #if os(Linux)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        let isV6 = text.contains(":")
        let descriptor = socket(isV6 ? AF_INET6 : AF_INET, kind, 0)
        guard descriptor >= 0 else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        let started = isV6 ? startV6(descriptor) : startV4(descriptor)
        if started == 0 || (started == -1 && errno == EINPROGRESS) { return descriptor }
        close(descriptor)
        return nil
    }

    /// Like `connect`; -2 when the text is no address.
    private func startV4(_ descriptor: Int32) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, text, &address.sin_addr) == 1 else { return -2 }
        return connecting(descriptor, &address)
    }

    private func startV6(_ descriptor: Int32) -> Int32 {
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        guard inet_pton(AF_INET6, text, &address.sin6_addr) == 1 else { return -2 }
        return connecting(descriptor, &address)
    }

    private func connecting<Address>(_ descriptor: Int32, _ address: inout Address) -> Int32 {
        let length = socklen_t(MemoryLayout<Address>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
    }
}
