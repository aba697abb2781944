import AuroraModel
import AuroraSystem

/// Sets something going or ends it, and looks whether that is so.
struct ActivityRunner: Sendable {
    let tools: ApplyTools

    func start(_ activity: Activity) async throws(AuroraError) {
        if try await isRunning(activity) { return }
        switch activity {
        case .commands(let work): try await run(work.start)
        case .custom(let work): try await custom { performer throws in try await performer.start(work) }
        }
        guard try await isRunning(activity) else {
            throw AuroraError(.failed, "\(Self.words(activity)) was started and does not run", hint: "see its log for the reason")
        }
    }

    /// What already ended stays so. A command that complains and leaves nothing running has done its work.
    func stop(_ activity: Activity) async throws(AuroraError) {
        var complaint: AuroraError?
        do throws(AuroraError) {
            switch activity {
            case .commands(let work): try await run(work.stop)
            case .custom(let work): try await custom { performer throws in try await performer.stop(work) }
            }
        } catch {
            complaint = error
        }
        guard try await isRunning(activity) else { return }
        throw complaint ?? AuroraError(.failed, "\(Self.words(activity)) was ended and still runs", hint: "end it by hand, then try again")
    }

    private func isRunning(_ activity: Activity) async throws(AuroraError) -> Bool {
        switch activity {
        case .commands(let work): try await end(of: work.verify).exitCode == 0
        case .custom(let work): try await custom { performer throws in try await performer.isRunning(work) }
        }
    }

    private func run(_ command: PlannedCommand) async throws(AuroraError) {
        let end = try await end(of: command)
        guard end.exitCode != 0 else { return }
        let said = end.output.split(whereSeparator: \.isNewline).last.map { ": \($0.prefix(300))" } ?? ""
        throw AuroraError(
            .failed, "the command '\(Self.shown(command))' \(end.sentence)\(said)", hint: "run it by hand to see more of what it says")
    }

    private func end(of command: PlannedCommand) async throws(AuroraError) -> CommandEnd {
        let seconds = command.seconds.isFinite ? min(max(command.seconds, 1), 86_400) : 120
        let call = CommandCall(
            program: command.program, arguments: command.arguments, environment: command.environment, folder: command.folder,
            limit: .seconds(seconds))
        do {
            return try await tools.commands.run(call) { _ in }
        } catch {
            throw AuroraError.of(error).adding("cannot run '\(Self.shown(command))'")
        }
    }

    private func custom<Value: Sendable>(
        _ work: @Sendable (any StepPerformer) async throws -> Value
    ) async throws(AuroraError) -> Value {
        do {
            return try await work(tools.performer)
        } catch {
            throw AuroraError.of(error)
        }
    }

    private static func shown(_ command: PlannedCommand) -> String { ([command.program] + command.arguments).joined(separator: " ") }

    private static func words(_ activity: Activity) -> String {
        switch activity {
        case .commands(let work): "what '\(shown(work.start))' starts"
        case .custom(let work): "'\(([work.name] + work.arguments).joined(separator: " "))'"
        }
    }
}
