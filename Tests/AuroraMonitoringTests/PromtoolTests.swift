import AuroraMonitoring
import CoreMetrics
import Foundation
import Testing

/// The judge is Prometheus' own parser and linter.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: Promtool.path), "promtool comes with the package prometheus"))
struct PromtoolTests {
    @Test func everyMetricOfTheTableIsClean() throws {
        let metrics = PrometheusMetrics()
        for known in KnownMetrics.all { metrics.touch(known, dimensions: [("worker", "a")]) }
        #expect(try Promtool.check(metrics.render()) == "")
        for known in KnownMetrics.all { #expect(metrics.render().contains("# TYPE \(known.name) \(known.kind.rawValue)\n")) }
    }

    @Test func garbageInLabelsStaysInItsQuotes() throws {
        let metrics = PrometheusMetrics()
        let garbage = [
            "\"} 1\nevil_total 99", "\\", "\\\"", "\n\n\n", "\u{0}", "\r\n", "{}=,", "💥", "\u{FFFF}", "# TYPE x counter", "\u{1B}[31m",
            "a\\nb",
        ]
        for value in garbage { Counter(label: "hits", dimensions: [("v", value), (value, "v")], factory: metrics).increment() }
        #expect(try Promtool.check(metrics.render()) == "")
        #expect(metrics.samples(of: "hits_total").count == garbage.count)
        #expect(metrics.samples(of: "evil_total") == [])
    }

    @Test func theJudgeDoesFindMistakes() throws {
        #expect(try Promtool.check("# TYPE a counter\na{x=\"\n1\"} 1\n") != "")
    }
}

private enum Promtool {
    static let path = "/usr/bin/promtool"

    /// What promtool complains about; empty when it is content.
    static func check(_ text: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("metrics-\(UUID().uuidString)")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let tool = Process()
        tool.executableURL = URL(fileURLWithPath: path)
        tool.arguments = ["check", "metrics"]
        tool.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        tool.standardError = output
        tool.standardOutput = output
        try tool.run()
        let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        tool.waitUntilExit()
        return tool.terminationStatus == 0 ? words : "exit \(tool.terminationStatus): \(words)"
    }
}

extension PrometheusMetrics {
    fileprivate func touch(_ metric: MetricDescription, dimensions: [(String, String)]) {
        switch metric.kind {
        case .counter: Counter(label: metric.label, dimensions: dimensions, factory: self).increment()
        case .gauge: Meter(label: metric.label, dimensions: dimensions, factory: self).set(1)
        case .histogram: Timer(label: metric.label, dimensions: dimensions, factory: self).recordSeconds(1)
        }
    }
}
