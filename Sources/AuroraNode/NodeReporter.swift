import AuroraLive
import ServiceLifecycle

/// Tells whoever started the node that it is ready, and how the first-run engine comes along.
struct NodeReporter: Service {
    let addresses: NodeAddresses
    let localEngine: LocalEngine?
    let onReady: @Sendable (NodeAddresses) -> Void
    let onProgress: @Sendable (String) -> Void

    func run() async throws {
        onReady(addresses)
        guard let localEngine else { return try await gracefulShutdown() }
        var last = ""
        for await state in localEngine.status.changes().cancelOnGracefulShutdown() where state.word != .idle && state.word != .stopped {
            let line = Self.line(state)
            if line != last { onProgress(line) }
            last = line
        }
        try await gracefulShutdown()
    }

    /// Progress in tenths, so that a log of it stays short.
    private static func line(_ state: LocalEngineState) -> String {
        let part = state.progress.map { " (\(Int($0 * 10) * 10) %)" } ?? ""
        return "engine   \(state.word.rawValue): \(state.detail)\(part)"
    }
}
