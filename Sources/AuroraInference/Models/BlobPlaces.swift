import Synchronization

/// Which engine has which uploaded blob, for the hour in which a `create` follows: both must reach the same engine.
final class BlobPlaces: Sendable {
    static let memory = Duration.seconds(3600)
    /// Past this the oldest are forgotten; callers then name the engine.
    static let limit = 4096

    private struct Place {
        let engine: String
        let at: ContinuousClock.Instant
    }

    private let places = Mutex<[String: Place]>([:])
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    func put(_ digest: String, on engine: String) {
        let now = now()
        places.withLock { places in
            if places.count >= Self.limit {
                places = places.filter { now - $0.value.at < Self.memory }
                if places.count >= Self.limit, let oldest = places.min(by: { $0.value.at < $1.value.at }) { places[oldest.key] = nil }
            }
            places[digest] = Place(engine: engine, at: now)
        }
    }

    /// The engine that has all of these; nil when it is not known of any of them. Throws when they are not together.
    func engine(of digests: [String]) throws(BlobsApart) -> String? {
        let now = now()
        let known = places.withLock { places in
            Set(digests.compactMap { digest in places[digest].flatMap { now - $0.at < Self.memory ? $0.engine : nil } })
        }
        guard known.count <= 1 else { throw BlobsApart(engines: known.sorted()) }
        return known.first
    }
}

/// The blobs of one model lie on several engines.
struct BlobsApart: Error {
    let engines: [String]
}

/// `sha256:` and 64 hexadecimal digits; Ollama takes a hyphen for the colon, as in its file names.
enum BlobDigest {
    static func normalised(_ text: String) -> String? {
        let parts = text.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == ":" || $0 == "-" }
        guard parts.count == 2, parts[0] == "sha256", parts[1].utf8.count == 64 else { return nil }
        let isHex = parts[1].utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
        }
        return isHex ? "sha256:\(parts[1])" : nil
    }
}
