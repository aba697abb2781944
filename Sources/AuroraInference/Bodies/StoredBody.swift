import AuroraModel
import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A large body in a file that has no name, seen as memory: the system keeps as much of it in memory as it can spare.
///
/// Nobody else can open the file, so it cannot shrink under its reader, and it is gone with its last one, even after kill -9.
final class StoredBody: @unchecked Sendable {
    let count: Int
    private let address: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - file: of which `count` bytes have been written; it may be closed afterwards.
    ///   - count: at least 1.
    init(mapping file: Int32, count: Int) throws(AuroraError) {
        guard let address = mmap(nil, count, PROT_READ, MAP_SHARED, file, 0), address != MAP_FAILED else {
            throw AuroraError(.failed, "cannot map a request body of \(count) bytes: \(String(cString: strerror(errno)))")
        }
        self.address = address
        self.count = count
    }

    deinit { munmap(address, count) }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: address, count: count) }

    /// A copy of that part.
    func slice(_ range: Range<Int>) -> ByteBuffer { ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: bytes[range])) }
}

/// A request's body, whole.
enum RequestBody {
    case memory(ByteBuffer)
    case file(StoredBody)

    var count: Int {
        switch self {
        case .memory(let bytes): bytes.readableBytes
        case .file(let stored): stored.count
        }
    }

    /// All of it in memory. For a file that is a copy: whoever keeps it must count it among the bytes that the gateway holds.
    var copied: ByteBuffer {
        switch self {
        case .memory(let bytes): bytes
        case .file(let stored): stored.slice(0..<stored.count)
        }
    }

    func withBytes<Result, Failure>(_ read: (UnsafeRawBufferPointer) throws(Failure) -> Result) throws(Failure) -> Result {
        switch self {
        case .memory(let bytes): try bytes.withUnsafeReadableBytes(read)
        case .file(let stored): try withExtendedLifetime(stored) { () throws(Failure) in try read(stored.bytes) }
        }
    }
}
