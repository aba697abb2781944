#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What the router learned, for the next start. Kept by names, since handles do not survive one.
public struct LearnedState: Sendable, Codable, Equatable {
    static let version = 1

    var version = LearnedState.version
    /// The most recently used first.
    var pairs: [Pair] = []
    var workers: [Worker] = []

    struct Pair: Sendable, Codable, Equatable {
        var worker: String
        var model: String
        var experience: Experience
    }

    struct Worker: Sendable, Codable, Equatable {
        var name: String
        var slots: Int
    }

    /// Nothing learned.
    public init() {}

    /// What was written with `encoded()`. Nothing learned when it is of another version or no such state at all: it can all be
    /// learned again, so a spoiled file must not keep a node from starting.
    public init(reading data: Data) {
        guard let state = try? JSONDecoder().decode(LearnedState.self, from: data), state.version == Self.version else { return }
        self = state
    }

    /// As JSON.
    public func encoded() throws -> Data { try JSONEncoder().encode(self) }

    /// Pairs of worker and model in it.
    public var count: Int { pairs.count }
}
