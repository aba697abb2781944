public import AuroraModel
public import Logging
public import ServiceLifecycle
import Synchronization

/// Knows the GPUs of this machine, as the tools of their drivers tell: found at the start and looked for again every five minutes, asked
/// every five seconds. A machine without them has no GPUs, and nothing is said about it.
public final class GPUWatch: Service {
    private static let interval = Duration.seconds(5)
    /// Rounds between two searches for tools.
    private static let searchEvery = 60
    /// Rounds for which the last answer stands in for a tool that fails: a driver that is busy is not gone.
    private static let patience = 6

    /// The GPUs, those of each tool in the tool's order.
    public let gpus = LatestValue<[GPUReport]>([])
    private let tools: [GPUTool]
    private let environment: [String: String]
    private let clock: any Clock<Duration>
    private let logger: Logger

    /// - Parameter environment: of the node; `PATH` is where tools are looked for first.
    public convenience init(environment: [String: String], logger: Logger) {
        self.init(tools: GPUTool.all, environment: environment, clock: ContinuousClock(), logger: logger)
    }

    init(tools: [GPUTool], environment: [String: String], clock: any Clock<Duration>, logger: Logger) {
        self.tools = tools
        self.environment = environment
        self.clock = clock
        self.logger = logger
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown { [self] in
            var asked = tools.map { AskedTool(tool: $0) }
            var round = 0
            repeat {
                if round % Self.searchEvery == 0 { search(&asked) }
                asked = await look(asked)
                gpus.set(asked.flatMap(\.reports))
                round += 1
            } while (try? await clock.sleep(for: Self.interval)) != nil
        }
    }

    /// A tool, where it is, and what it said last.
    private struct AskedTool: Sendable {
        let tool: GPUTool
        var path: String?
        var reports: [GPUReport] = []
        var failures = 0
    }

    private func search(_ asked: inout [AskedTool]) {
        for index in asked.indices {
            let path = asked[index].tool.path(in: environment)
            if path != nil, asked[index].path == nil { logger.debug("found a GPU tool", metadata: ["path": "\(path ?? "")"]) }
            if path == nil { asked[index].reports = [] }
            asked[index].path = path
        }
    }

    private func look(_ asked: [AskedTool]) async -> [AskedTool] {
        await withTaskGroup(of: (Int, AskedTool).self) { group in
            for (index, tool) in asked.enumerated() { group.addTask { (index, await self.look(tool)) } }
            return await group.reduce(into: asked) { $0[$1.0] = $1.1 }
        }
    }

    private func look(_ asked: AskedTool) async -> AskedTool {
        guard let path = asked.path, !(asked.tool.asksOnce && !asked.reports.isEmpty) else { return asked }
        var asked = asked
        let environment = ChildEnvironment.minimal(from: environment, adding: ["LC_ALL": "C"])
        let spec = ProcessSpec(executable: path, arguments: asked.tool.arguments, environment: environment)
        let result = try? await Command.run(spec, limit: asked.tool.limit, clock: clock)
        if let result, result.succeeded {
            asked.reports = asked.tool.read(result.output)
            asked.failures = 0
        } else {
            asked.failures += 1
            if asked.failures == 1 {
                let words = result?.output.split(whereSeparator: \.isNewline).first.map(String.init)
                logger.debug("a GPU tool failed", metadata: ["path": "\(path)", "words": "\(words ?? "it did not end in time")"])
            }
            if asked.failures > Self.patience { asked.reports = [] }
        }
        return asked
    }
}
