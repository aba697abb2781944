import AuroraModel
import AuroraSystem

/// What was found, and what could not be looked at on the way.
struct Look<Value: Sendable>: Sendable {
    var value: Value
    var unseen: [Unseen] = []

    init(_ value: Value, unseen: [Unseen] = []) { (self.value, self.unseen) = (value, unseen) }
}

/// How long a survey may take, and each of its commands.
struct SurveyTime: Sendable {
    private static let whole = Duration.milliseconds(2_700)
    private static let command = Duration.seconds(2)
    private let end: ContinuousClock.Instant

    init() { end = ContinuousClock.now + Self.whole }

    /// What a command may take that starts now; nothing when the time is over.
    var limit: Duration { max(.zero, min(Self.command, ContinuousClock.now.duration(to: end))) }
}

/// A machine with the time that is left to look at it.
struct TimedMachine: Sendable {
    let machine: any MachineReading
    let time: SurveyTime
    /// What commands see beside the little that every program needs.
    var environment: [String: String] = [:]

    enum Answer {
        case done(String)
        /// It is there and did not do it; its first line, or what went wrong.
        case failed(String)
        case missing
    }

    func ask(_ program: String, _ arguments: [String]) async -> Answer {
        let limit = time.limit
        guard limit > .zero else { return .failed("there was no time left to ask '\(program)'") }
        do {
            guard let end = try await machine.run(program, arguments, environment: environment, limit: limit) else { return .missing }
            if end.exitCode == 0 { return .done(end.output) }
            let line = end.output.split(whereSeparator: \.isNewline).first { !$0.allSatisfy(\.isWhitespace) }
            return .failed(line.map { KernelText.trimmed($0) } ?? "'\(program)' \(end.sentence)")
        } catch {
            return .failed(error.message)
        }
    }

    func text(_ path: String) -> String? { (try? machine.text(path)).flatMap(\.self) }
}
