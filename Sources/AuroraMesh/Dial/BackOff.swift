/// Growing pauses between attempts: doubled each time up to a limit, each shortened by chance so that many nodes do not come back at the
/// same moment.
struct BackOff {
    var first = Duration.milliseconds(250)
    var limit = Duration.seconds(30)

    /// - Parameters:
    ///   - failures: attempts that failed in a row, from 1 on.
    ///   - chance: 0 to 1.
    func pause(failures: Int, chance: Double) -> Duration {
        let doublings = min(max(failures, 1) - 1, 20)
        let full = min(first * (1 << doublings), limit)
        return full * (0.5 + 0.5 * min(max(chance, 0), 1))
    }
}
