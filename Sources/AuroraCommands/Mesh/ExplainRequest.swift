import ArgumentParser
import AuroraAPI
import Foundation

struct ExplainRequest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Tell why requests went where they went, and what was expected against what came.",
        discussion: """
            Without an id it lists the last requests. The id of a request is in its answer's header X-Request-Id.

            Example:
              aurora mesh explain
              aurora mesh explain 6f1c2a0e9b3d4c57
            """)

    @Argument(help: "The id of a request.")
    var request: String?

    @Option(help: ArgumentHelp("How many requests to list, 1 to 512.", valueName: "number"))
    var limit = 20

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let node = try connection.open()
        guard let request else {
            let list = try await node.get(MeshDecisionList.self, "/api/mesh/decisions?limit=\(limit)")
            return print(output.json ? String(decoding: try Wire.encode(list), as: UTF8.self) : DecisionReport.list(list.decisions))
        }
        let id = request.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? request
        let decision = try await node.get(MeshDecision.self, "/api/mesh/decisions/\(id)")
        print(output.json ? String(decoding: try Wire.encode(decision), as: UTF8.self) : DecisionReport.text(decision))
    }
}

/// Decisions of the router for people.
enum DecisionReport {
    static func list(_ decisions: [MeshDecision]) -> String {
        guard !decisions.isEmpty else { return "no requests yet" }
        var table = Table("REQUEST", "AGE", "MODEL", "WORKER", "REASON", "PREDICTED", "MEASURED", "STATUS")
        for decision in decisions {
            table.add(
                (decision.id, nil), (Amount.duration(decision.ageSeconds), nil), (decision.model, nil), (decision.worker, nil),
                (decision.reason, nil), (Amount.time(decision.predicted.firstToken), nil), (measured(decision), nil),
                (String(decision.status), decision.status < 400 ? .good : .bad))
        }
        return table.text
    }

    static func text(_ decision: MeshDecision) -> String {
        var lines = [
            "\(Terminal.styled(Terminal.oneLine(decision.id), .bold)): '\(Terminal.oneLine(decision.model))' by \(decision.route), \(Amount.duration(decision.ageSeconds)) ago",
            "  went to   \(Terminal.oneLine(decision.worker)) (policy \(decision.policy), reason \(decision.reason))",
            "  because   \(Terminal.oneLine(decision.why))",
            "  waited    \(Amount.time(decision.waitedSeconds)) before it",
        ]
        if !decision.failed.isEmpty { lines.append("  failed    \(Terminal.oneLine(decision.failed.joined(separator: ", ")))") }
        let end = decision.continued ? ", begun by one worker and ended by another" : ""
        lines.append("  answered  \(decision.status) in \(Amount.time(decision.seconds))\(end)")
        return lines.joined(separator: "\n") + "\n\n" + times(decision)
    }

    private static func times(_ decision: MeshDecision) -> String {
        var table = Table("", "QUEUE", "LOAD", "LINK", "PROMPT", "FIRST TOKEN", "EACH TOKEN")
        add(decision.predicted, "* \(decision.worker)", to: &table)
        for other in decision.alternatives { add(other.predicted, "  \(other.worker ?? "(gone)")", to: &table) }
        var ratio = ""
        if let first = decision.firstTokenSeconds, decision.predicted.firstToken > 0 {
            ratio = String(format: " (%.2f of what was predicted)", first / decision.predicted.firstToken)
        }
        return "predicted, for a prompt of about \(MeshReport.count(decision.promptTokens, "token")) (* chosen):\n\(table.text)\n"
            + "measured: first token after \(measured(decision))\(ratio)"
    }

    private static func add(_ times: MeshDecision.Times, _ name: String, to table: inout Table) {
        table.add(
            (name, nil), (Amount.time(times.queue), nil), (Amount.time(times.load), nil), (Amount.time(times.link), nil),
            (Amount.time(times.prompt), nil), (Amount.time(times.firstToken), nil), (Amount.time(times.perToken), nil))
    }

    private static func measured(_ decision: MeshDecision) -> String { decision.firstTokenSeconds.map(Amount.time) ?? "-" }
}
