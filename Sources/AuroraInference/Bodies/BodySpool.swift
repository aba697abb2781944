import AuroraDialects
import AuroraModel
import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Brings a large body to a file as it comes in. Confined to its event loop; a disk is waited for on other threads.
final class BodySpool {
    /// What the whole body is, read off the event loop too: a hundred megabytes take a while.
    typealias Whole = (body: StoredBody, scan: RequestScan, prefixes: [UInt64])

    enum State {
        case storing
        case failed(DialectError)
        case whole(Whole)
    }

    /// Bytes that may wait for the disk before the client must wait too.
    private static let waitingLimit = 4 * 1024 * 1024

    private(set) var state = State.storing
    /// Called when `isBehind` turns false, and when `state` changes.
    var onChange: () -> Void = {}
    private let file: SpoolFile
    private let loop: any EventLoop
    private var waiting: [ByteBuffer] = []
    private var waitingBytes = 0
    private var isWriting = false
    private var isEnded = false

    init(folder: String, on loop: any EventLoop) throws(AuroraError) {
        file = try SpoolFile(folder: folder)
        self.loop = loop
    }

    /// The disk is slower than the client, who should send no more for now.
    var isBehind: Bool { waitingBytes > Self.waitingLimit }

    func append(_ bytes: ByteBuffer) {
        waiting.append(bytes)
        waitingBytes += bytes.readableBytes
        work()
    }

    /// No more comes.
    func end() {
        isEnded = true
        work()
    }

    private func work() {
        guard case .storing = state, !isWriting, !waiting.isEmpty || isEnded else { return }
        isWriting = true
        let (pieces, isLast, file) = (waiting, isEnded, file)
        waiting = []
        NIOThreadPool.singleton.runIfActive(eventLoop: loop) { () throws -> Whole? in
            for piece in pieces { try file.write(piece) }
            return isLast ? try file.whole() : nil
        }.assumeIsolated().whenComplete { [self] result in
            isWriting = false
            let wasBehind = isBehind
            waitingBytes -= pieces.reduce(0) { $0 + $1.readableBytes }
            switch result {
            case .success(.some(let whole)): state = .whole(whole)
            case .success(.none): break
            case .failure(let error as JSONError): state = .failed(.invalidBody(error))
            case .failure(let error): state = .failed(DialectError(.overloaded, Self.words(error)))
            }
            if case .storing = state, wasBehind == isBehind { return work() }
            onChange()
            work()
        }
    }

    private static func words(_ error: any Error) -> String {
        "this node cannot store the request body: \((error as? AuroraError)?.message ?? "\(error)")"
    }
}

/// A file without a name, written from one thread at a time.
private final class SpoolFile: Sendable {
    private let file: Int32
    private let count = Atomic<Int>(0)

    init(folder: String) throws(AuroraError) {
        let path = "\(folder)/body-\(UInt64.random(in: .min ... .max))"
        file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("cannot make a file in '\(folder)'") }
        unlink(path)
    }

    deinit { close(file) }

    func write(_ piece: ByteBuffer) throws {
        try piece.withUnsafeReadableBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Self.write(file, UnsafeRawBufferPointer(rebasing: rest))
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw Self.failure("writing failed") }
                rest = rest.dropFirst(written)
            }
        }
        count.wrappingAdd(piece.readableBytes, ordering: .relaxed)
    }

    func whole() throws -> BodySpool.Whole {
        let stored = try StoredBody(mapping: file, count: count.load(ordering: .relaxed))
        let scan = try RequestScan(stored.bytes)
        return (stored, scan, scan.promptStart.map { PromptHashes.make(stored.bytes, from: $0) } ?? [])
    }

    private static func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(file, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(file, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func failure(_ what: String) -> AuroraError { AuroraError(.failed, "\(what): \(String(cString: strerror(errno)))") }
}
