/// A registered model: who can answer for it, and what was learned about its requests.
struct ModelGroup: Sendable {
    let name: String
    var policy: PolicyName
    /// As registered; also those that are not in the mesh now.
    var candidates: [Candidate]
    /// Those in the mesh.
    var members: [Member] = []
    /// Only when there are more members than a decision looks at.
    var index: CandidateIndex?
    var ring: HashRing?
    /// Where policies that go round are.
    var turn = 0
    var lookAt = 0
    /// When its line was last gone through.
    var walkedAt = Instant.origin
    /// Requests that may still be used to explore.
    var exploreCredit = 0.0
    var usedAt: Instant
    /// Tokens of an answer; those used of what a request asked for; those of a prompt over what was estimated.
    private var answers = Average.empty
    private var usedPart = Average.empty
    private var promptRatio = Average.empty

    struct Member: Sendable {
        let worker: Int
        let pair: Int
    }

    /// Members that a decision looks at one by one.
    static let smallLimit = 32
    private static let assumedAnswer = 200.0
    private static let assumedPart = 0.5

    init(name: String, policy: PolicyName, candidates: [Candidate], now: Instant) {
        self.name = name
        self.policy = policy
        self.candidates = candidates
        usedAt = now
    }

    /// Whether any answer was seen.
    var hasAnswered: Bool { answers.count > 0 }

    func answerTokens(expected: Int?) -> Double {
        guard let expected else { return answers.known ?? Self.assumedAnswer }
        return Double(max(1, min(expected, 1_000_000))) * (usedPart.known ?? Self.assumedPart)
    }

    func promptTokens(estimated: Int) -> Double {
        Double(max(0, min(estimated, 10_000_000))) * (promptRatio.known ?? 1)
    }

    mutating func learn(answerTokens: Int, expected: Int?) {
        answers.add(Double(answerTokens))
        if let expected, expected > 0 { usedPart.add(min(1.5, Double(answerTokens) / Double(expected))) }
    }

    mutating func learn(promptTokens: Int, estimated: Int) {
        guard promptTokens > 0, estimated > 0 else { return }
        promptRatio.add(min(max(Double(promptTokens) / Double(estimated), 0.1), 10))
    }

    /// Whether any member has a free slot, whoever counts on it.
    func hasRoom(_ mesh: Mesh) -> Bool {
        if let index { return index.roomy > 0 }
        return members.contains { mesh.loads[$0.worker].isUsable && mesh.loads[$0.worker].freeSlots > 0 }
    }

    func isAnyoneUp(_ mesh: Mesh) -> Bool {
        if let index { return index.usable > 0 }
        return members.contains { mesh.loads[$0.worker].isUsable }
    }

    /// Place among the members of the worker, if it is one.
    func member(at worker: Int, mesh: Mesh, group: Int) -> Int? {
        guard index != nil else { return members.firstIndex { $0.worker == worker } }
        return mesh.workers[worker].memberships.first { $0.group == group }?.member
    }
}
