/// Where conversations and beginnings of prompts were of late, to send them where they are cached. Bounded; the least recently
/// used is forgotten first.
struct PromptMemory: Sendable {
    private var conversations: LRUMap<UInt64, Holders>
    private var prefixes: LRUMap<UInt64, Holders>
    private let blockTokens: Int

    init(settings: RouterSettings) {
        conversations = LRUMap(limit: settings.affinityLimit)
        prefixes = LRUMap(limit: settings.prefixLimit)
        blockTokens = max(1, min(settings.prefixBlockTokens, 100_000))
    }

    var count: Int { conversations.count + prefixes.count }

    /// Workers that were asked in the conversation.
    func conversation(of request: RoutingRequest) -> Holders? {
        request.affinity.flatMap { conversations.peek(Self.key($0, request.model)) }
    }

    /// Workers that read the beginning of the prompt, those that read most of it first.
    func holders(of request: RoutingRequest) -> Holders? {
        var found: Holders?
        for block in stride(from: min(request.prefixes.count, RoutingRequest.prefixLimit) - 1, through: 0, by: -1) {
            guard let holders = prefixes.peek(Self.key(request.prefixes[block], request.model)) else { continue }
            found = found ?? Holders()
            found?.append(holders, tokens: (block + 1) * blockTokens)
            if found?.isFull == true { break }
        }
        return found
    }

    /// - Parameter part: the prompt and what was answered, all of which the worker may still have.
    mutating func remember(affinity: UInt64?, model: ModelKey, on worker: WorkerID, _ part: Holders.Part) {
        guard let affinity else { return }
        Self.put(worker, part, under: Self.key(affinity, model), in: &conversations)
    }

    mutating func remember(prefixes blocks: [UInt64], model: ModelKey, on worker: WorkerID, sent: UInt32) {
        for block in blocks.prefix(RoutingRequest.prefixLimit) {
            Self.put(worker, .init(tokens: 0, sent: sent), under: Self.key(block, model), in: &prefixes)
        }
    }

    private static func put(_ worker: WorkerID, _ part: Holders.Part, under key: UInt64, in map: inout LRUMap<UInt64, Holders>) {
        var holders = map.peek(key) ?? Holders()
        holders.put(worker, part)
        map.set(holders, for: key)
    }

    private static func key(_ hash: UInt64, _ model: ModelKey) -> UInt64 {
        SplitMix.mix(hash &+ UInt64(UInt32(bitPattern: model.raw)) &* 0x9E37_79B9_7F4A_7C15)
    }
}
