import Crypto

import struct Foundation.Data

/// SHA-256 of what a file holds, as 64 lower-case hexadecimal digits, as `sha256sum` prints it.
public struct ContentDigest: Sendable {
    private var hash = SHA256()

    public init() {}

    public mutating func add(_ bytes: some Sequence<UInt8>) { hash.update(data: Data(bytes)) }

    public var text: String {
        hash.finalize().map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    public static func of(_ bytes: some Sequence<UInt8>) -> String {
        var digest = ContentDigest()
        digest.add(bytes)
        return digest.text
    }
}
