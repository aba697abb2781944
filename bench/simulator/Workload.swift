/// A request of the simulated day.
struct Job {
    let id: Int
    let time: Double
    let model: Int
    let promptTokens: Int
    let outputTokens: Int
    /// What the client allows, if it says so.
    let maxTokens: Int?
    let conversation: Int?
    let client: Int
    /// What the gateway estimates of the prompt.
    let estimatedTokens: Int
}

/// Small, fast and repeatable (SplitMix64).
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }
    mutating func between(_ a: Double, _ b: Double) -> Double { a + (b - a) * unit() }
    mutating func wait(mean: Double) -> Double { -mean * natural(1 - unit()) }

    /// Log-normal by its median; `spread` is the factor of one standard deviation.
    mutating func around(_ median: Double, spread: Double) -> Double {
        let gauss = (-2 * natural(1 - unit())).squareRoot() * cosine(2 * .pi * unit())
        return median * power(spread, gauss)
    }
}

/// Mixed prompts: conversations that grow, long documents, bursts of short questions. Drawn once, the same for every scheduler.
struct Workload {
    let jobs: [Job]

    /// Conversations that began before the first request go on, so that the load is even from the start.
    private static let leadIn = 300.0
    private static let bursts = 0.04
    private static let documents = 0.128

    /// - Parameters:
    ///   - count: about how many.
    ///   - rate: requests a second, of all kinds together.
    ///   - shares: how often each model is asked for.
    init(count: Int, rate: Double, shares: [Double], seed: UInt64) {
        var dice = Dice(seed)
        var drawn: [Job] = []
        let end = Double(count) / rate
        var time = -Self.leadIn
        var conversation = 0
        while time < end {
            let kind = dice.unit()
            let model = Self.model(shares, &dice)
            if kind < Self.bursts {
                let size = Int(dice.between(3, 9))
                Self.burst(size, at: time, model: model, &drawn, &dice)
                time += dice.wait(mean: Double(size) / rate)
            } else if kind < Self.bursts + Self.documents {
                let prompt = Int(min(8000, max(400, dice.around(1800, spread: 2))))
                Self.add(time, model, prompt, Int(dice.around(220, spread: 1.5)), nil, &drawn, &dice)
                time += dice.wait(mean: 1 / rate)
            } else {
                conversation += 1
                let turns = Int(dice.between(1, 7))
                Self.talk(conversation, turns: turns, at: time, model: model, &drawn, &dice)
                time += dice.wait(mean: Double(turns) / rate)
            }
        }
        let during = drawn.filter { (0..<end).contains($0.time) }
        jobs = during.sorted { $0.time < $1.time }.enumerated().map { Self.numbered($1, $0) }
    }

    private static func talk(_ conversation: Int, turns: Int, at start: Double, model: Int, _ jobs: inout [Job], _ dice: inout Dice) {
        var time = start
        var context = Int(dice.between(120, 500))
        for _ in 0..<turns {
            let output = Int(min(900, dice.around(150, spread: 1.8)))
            add(time, model, context, output, conversation, &jobs, &dice)
            context += output + Int(dice.between(15, 120))
            time += 4 + dice.wait(mean: 25)
        }
    }

    private static func burst(_ size: Int, at start: Double, model: Int, _ jobs: inout [Job], _ dice: inout Dice) {
        for _ in 0..<size {
            add(start + dice.between(0, 0.2), model, Int(dice.between(80, 300)), Int(dice.around(50, spread: 1.4)), nil, &jobs, &dice)
        }
    }

    private static func add(
        _ time: Double, _ model: Int, _ prompt: Int, _ output: Int, _ conversation: Int?, _ jobs: inout [Job], _ dice: inout Dice
    ) {
        let output = max(1, output)
        let maxTokens = dice.unit() < 0.5 ? Int(Double(output) * dice.between(1, 3)) : nil
        jobs.append(
            Job(
                id: 0, time: time, model: model, promptTokens: prompt, outputTokens: output, maxTokens: maxTokens,
                conversation: conversation, client: conversation.map { $0 % 50 } ?? 50 + jobs.count % 10,
                estimatedTokens: max(1, Int(Double(prompt) * dice.between(0.85, 1.15)))))
    }

    private static func numbered(_ job: Job, _ id: Int) -> Job {
        Job(
            id: id, time: job.time, model: job.model, promptTokens: job.promptTokens, outputTokens: job.outputTokens,
            maxTokens: job.maxTokens, conversation: job.conversation, client: job.client, estimatedTokens: job.estimatedTokens)
    }

    private static func model(_ shares: [Double], _ dice: inout Dice) -> Int {
        var left = dice.unit() * shares.reduce(0, +)
        for (model, share) in shares.enumerated() {
            left -= share
            if left < 0 { return model }
        }
        return shares.count - 1
    }
}
