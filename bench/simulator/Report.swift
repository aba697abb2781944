import Foundation

/// Everything that was found out, as Markdown or JSON.
struct Report: Codable {
    let load: Double
    let requests: Int
    let mesh: [UnequalMesh.Row]
    let residency: [Residency.Row]
    let decisions: [DecisionTime.Row]

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    var markdown: String {
        var lines = [
            "Time to first token in seconds, \(Int(load * 100)) % load, \(requests) requests a run; in brackets over the all-knowing scheduler.",
            "",
            "| workers | scheduler | p50 | p95 | sent again | unanswered |", "|---:|---|---:|---:|---:|---:|",
        ]
        lines += mesh.map { row in
            "| \(row.workers) | \(row.scheduler) | \(number(row.p50)) (\(number(row.p50Ratio))) | \(number(row.p95)) (\(number(row.p95Ratio)))"
                + " | \(row.retries) | \(row.unanswered) |"
        }
        lines += ["", "Three workers, three models, room for one each, 1 s to load, 2 slots: requests answered in a minute.", ""]
        lines += ["| scheduler | answered | loads | of the all-knowing |", "|---|---:|---:|---:|"]
        lines += residency.map { "| \($0.scheduler) | \($0.answered) | \($0.loads) | \(Int(($0.ratio * 100).rounded())) % |" }
        lines += ["", "What the router itself takes, microseconds by the clock, median and 99th percentile.", ""]
        lines += ["| workers | a decision | p99 | all of a request |", "|---:|---:|---:|---:|"]
        lines += decisions.map {
            "| \($0.workers) | \(number($0.decision)) | \(number($0.decisionP99)) | \(number($0.request)) |"
        }
        return lines.joined(separator: "\n")
    }

    private func number(_ value: Double) -> String { String(format: "%.2f", value) }
}
