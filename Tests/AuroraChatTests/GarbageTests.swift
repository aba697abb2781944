import AuroraDialects
import AuroraModel
import AuroraTestSupport
import NIOCore
import NIOHTTP1
import Testing

@Suite(.timeLimit(.minutes(1))) struct GarbageTests {
    private static let seeds: [[UInt8]] = [
        #"{"message":"Hi","personality":"aurora","stream":true,"client_id":"page"}"#, #"{"title":"Plans","personality":"coder"}"#,
        #"{"model":"aurora","messages":[{"role":"user","content":"Hi"}],"temperature":0.5}"#, "[[[[[[[[", #""just text""#, "null", "1e999",
        "",
        #"{"message":{"message":{}}}"#, "\u{feff}{}", #"{"message":"\ud800"}"#,
    ].map { Array($0.utf8) }

    /// One to eight bytes changed, removed or added; the same every time.
    private static func spoil(_ seed: [UInt8], _ random: inout Lottery) -> [UInt8] {
        var bytes = seed
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let place = Int.random(in: 0...bytes.count, using: &random)
            switch Int.random(in: 0...2, using: &random) {
            case 0 where place < bytes.count: bytes[place] = .random(in: 0...255, using: &random)
            case 1 where place < bytes.count: bytes.remove(at: place)
            default: bytes.insert(.random(in: 0...255, using: &random), at: place)
            }
        }
        return bytes
    }

    @Test func aThousandSpoiledBodiesAreRefusedOrUnderstoodButNeverBreakAnything() async throws {
        let targets: [(HTTPMethod, String)] = [
            (.POST, "/api/chat"), (.POST, "/api/conversations"), (.PATCH, "/api/conversations/a"), (.POST, "/v1/chat/completions"),
        ]
        let gateway = FakeGateway(status: 200, "{}")
        try await withChatServer(.make(.saying("x")), gateway: gateway) { client in
            var random = Lottery(state: 7)
            var statuses: [Int: Int] = [:]
            for number in 0..<1000 {
                let (method, path) = targets[number % targets.count]
                let body = Self.spoil(Self.seeds[number % Self.seeds.count], &random)
                let reply = try await client.call(method, path, bytes: ByteBuffer(bytes: body))
                statuses[reply.status, default: 0] += 1
                #expect(reply.status < 500, "\(method) \(path) \(String(decoding: body, as: UTF8.self))")
                if reply.status >= 400 { #expect(reply.error?["message"]?.string?.isEmpty == false) }
            }
            #expect((statuses[400] ?? 0) > 500)
        }
    }

    @Test func strangePathsAndQueriesAreRefusedOrUnderstood() async throws {
        let parts = [
            "%", "%00", "%ff", "a%2Fb", "..", "%2e%2e", "'--", "%7Bid%7D", "*", String(repeating: "x", count: 3000), "%F0%9F%91%8B", "a b?",
            "?", "+",
        ]
        try await withChatServer(.make(.saying("x"))) { client in
            for part in parts.map({ $0.replacing(" ", with: "%20") }) {
                for path in [
                    "/api/conversations/\(part)", "/api/conversations/\(part)/messages", "/api/conversations?q=\(part)&limit=\(part)",
                    "/v1/models/\(part)", "/api/conversations/a/messages/\(part)/stream",
                ] {
                    let reply = try await client.call(.GET, path)
                    #expect(reply.status < 500, "\(path)")
                }
            }
        }
    }
}

/// The same numbers in every run.
struct Lottery: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 33)
    }
}
