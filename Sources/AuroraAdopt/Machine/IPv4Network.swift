/// A range of IPv4 addresses, written `10.0.0.0/24`.
public struct IPv4Network: Sendable, Hashable {
    /// Its first address.
    public let base: UInt32
    /// 0 to 32.
    public let prefix: Int

    public init?(base: UInt32, prefix: Int) {
        guard (0...32).contains(prefix) else { return nil }
        self.prefix = prefix
        self.base = base & Self.mask(prefix)
    }

    /// `10.0.0.0/24`; an address alone is a range of one.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let base = Self.address(parts[0]) else { return nil }
        let prefix = parts.count == 1 ? 32 : parts[1].allSatisfy(\.isASCII) ? Int(parts[1]) : nil
        guard let prefix else { return nil }
        self.init(base: base, prefix: prefix)
    }

    public func overlaps(_ other: IPv4Network) -> Bool {
        let mask = Self.mask(min(prefix, other.prefix))
        return base & mask == other.base & mask
    }

    public func contains(_ address: UInt32) -> Bool { address & Self.mask(prefix) == base }

    /// `192.0.2.1` as a number; nil for everything that is not four whole numbers up to 255.
    public static func address(_ text: some StringProtocol) -> UInt32? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        return parts.reduce(UInt32?.some(0)) { sum, part in
            guard let sum, part.utf8.allSatisfy({ (48...57).contains($0) }), let byte = UInt8(part) else { return nil }
            return sum << 8 | UInt32(byte)
        }
    }

    public static func written(_ address: UInt32) -> String {
        [24, 16, 8, 0].map { String(address >> UInt32($0) & 255) }.joined(separator: ".")
    }

    private static func mask(_ prefix: Int) -> UInt32 { prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix) }
}

extension IPv4Network: CustomStringConvertible {
    public var description: String { "\(Self.written(base))/\(prefix)" }
}

extension IPv4Network: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let network = IPv4Network(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no range of addresses")
        }
        self = network
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
