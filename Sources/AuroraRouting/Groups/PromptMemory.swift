/// Where conversations and beginnings of prompts were last, to send them where they are cached. Bounded; the least recently
/// used is forgotten first.
struct PromptMemory: Sendable {
    private var conversations: LRUMap<UInt64, Conversation>
    private var prefixes: LRUMap<UInt64, Holders>
    private let blockTokens: Int

    struct Conversation: Sendable {
        let worker: WorkerID
        /// Prompt and answer so far, all of which the worker may still have.
        let tokens: Int
    }

    /// The last few workers that read the same beginning.
    struct Holders: Sendable {
        private(set) var workers: [WorkerID] = []
        private static let limit = 4

        init(_ worker: WorkerID) { workers = [worker] }

        mutating func add(_ worker: WorkerID) {
            if workers.last == worker { return }
            workers.removeAll { $0 == worker }
            workers.append(worker)
            if workers.count > Self.limit { workers.removeFirst() }
        }
    }

    init(settings: RouterSettings) {
        conversations = LRUMap(limit: settings.affinityLimit)
        prefixes = LRUMap(limit: settings.prefixLimit)
        blockTokens = max(1, settings.prefixBlockTokens)
    }

    var count: Int { conversations.count + prefixes.count }

    func conversation(of request: RoutingRequest) -> Conversation? {
        request.affinity.flatMap { conversations.peek(Self.key($0, request.model)) }
    }

    /// Workers that have the longest known beginning of the prompt, and its tokens.
    func holders(of request: RoutingRequest) -> (workers: [WorkerID], tokens: Int)? {
        guard !request.prefixes.isEmpty else { return nil }
        for block in stride(from: min(request.prefixes.count, RoutingRequest.prefixLimit) - 1, through: 0, by: -1) {
            guard let holders = prefixes.peek(Self.key(request.prefixes[block], request.model)) else { continue }
            return (holders.workers, (block + 1) * blockTokens)
        }
        return nil
    }

    /// - Parameter tokens: of the prompt and of what was answered.
    mutating func remember(affinity: UInt64?, model: ModelKey, on worker: WorkerID, tokens: Int) {
        guard let affinity else { return }
        conversations.set(Conversation(worker: worker, tokens: tokens), for: Self.key(affinity, model))
    }

    mutating func remember(prefixes blocks: [UInt64], model: ModelKey, on worker: WorkerID) {
        for block in blocks.prefix(RoutingRequest.prefixLimit) {
            let key = Self.key(block, model)
            var holders = prefixes.peek(key) ?? Holders(worker)
            holders.add(worker)
            prefixes.set(holders, for: key)
        }
    }

    private static func key(_ hash: UInt64, _ model: ModelKey) -> UInt64 {
        SplitMix.mix(hash &+ UInt64(UInt32(bitPattern: model.raw)) &* 0x9E37_79B9_7F4A_7C15)
    }
}
