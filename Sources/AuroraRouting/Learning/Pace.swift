/// How fast a worker is with a model, as far as a decision needs it. Seconds, and seconds per token.
struct Pace: Sendable, Equatable {
    /// Reading a prompt, by its tokens that are not cached.
    var prompt: LinearFit.Line
    /// From token to token, by the number of other answers that run beside it.
    var token: LinearFit.Line
    var load: Double

    /// By how much everything gets slower when `others` run on the worker.
    @inline(__always)
    func slowdown(others: Int) -> Double {
        guard others > 0, token.base > 0 else { return 1 }
        return 1 + min(token.slope / token.base, 1) * Double(others)
    }
}

/// What is assumed of a worker and model that were never measured together.
enum Prior {
    /// Tokens of a usual prompt, and other answers beside one: where the lines of `Pace` are held when all measurements lie close together.
    static let promptReach = 1000.0
    static let tokenReach = 4.0

    private static let assumedBytes: Int64 = 4_000_000_000
    private static let smallestGigabytes = 0.05

    /// A machine of the middle: it reads 200 GB/s of weights for each token, 30 tokens of a prompt in the same time, loads
    /// 1.5 GB/s, and an answer loses a fifth of its speed to each other one.
    static func pace(sizeBytes: Int64?) -> Pace {
        let gigabytes = max(Double(max(sizeBytes ?? assumedBytes, 0)) * 1e-9, smallestGigabytes)
        let token = 0.005 * gigabytes
        return Pace(
            prompt: .init(base: 0.02 + token, slope: token / 30),
            token: .init(base: token, slope: token * 0.2),
            load: 0.5 + gigabytes / 1.5)
    }
}

extension Pace {
    func scaled(by ratio: Ratio) -> Pace {
        Pace(
            prompt: .init(base: prompt.base * ratio.prompt, slope: prompt.slope * ratio.prompt),
            token: .init(base: token.base * ratio.token, slope: token.slope * ratio.token),
            load: load * ratio.load)
    }

    /// With what another router measured in place of what is assumed here. Numbers that no machine can have are left out.
    func replaced(by told: ToldSpeed) -> Pace {
        func sane(_ value: Double?, _ range: ClosedRange<Double>) -> Double? { value.flatMap { range.contains($0) ? $0 : nil } }
        var pace = self
        if let speed = sane(told.tokensPerSecond, 0.01...1e5) {
            pace.token = .init(base: 1 / speed, slope: token.slope / max(token.base, 1e-9) / speed)
        }
        if let speed = sane(told.promptTokensPerSecond, 0.01...1e7) {
            pace.prompt = .init(base: prompt.base * min(1, 1 / speed / max(prompt.slope, 1e-9)), slope: 1 / speed)
        }
        pace.load = sane(told.loadSeconds, 0...3600) ?? load
        return pace
    }

    /// How much slower this is than `other`.
    func ratio(to other: Pace) -> Ratio {
        func ratio(_ a: Double, _ b: Double) -> Double { a > 0 && b > 0 ? min(max(a / b, 1e-3), 1e3) : 1 }
        return Ratio(
            prompt: ratio(prompt.value(at: Prior.promptReach), other.prompt.value(at: Prior.promptReach)),
            token: ratio(token.base, other.token.base), load: ratio(load, other.load))
    }

    /// Factors on the parts of a `Pace`; more is slower.
    struct Ratio: Sendable, Equatable {
        var prompt: Double
        var token: Double
        var load: Double

        /// The one in the middle, part by part. Nil of none.
        static func median(_ ratios: [Ratio]) -> Ratio? {
            guard !ratios.isEmpty else { return nil }
            func median(_ part: KeyPath<Ratio, Double>) -> Double {
                ratios.map { $0[keyPath: part] }.sorted()[ratios.count / 2]
            }
            return Ratio(prompt: median(\.prompt), token: median(\.token), load: median(\.load))
        }
    }
}
