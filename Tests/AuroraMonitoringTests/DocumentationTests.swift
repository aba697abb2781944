import AuroraMonitoring
import Foundation
import Testing

@Suite struct DocumentationTests {
    @Test func everyMetricIsInTheDocumentation() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(contentsOf: root.appendingPathComponent("docs/metrics.md"), encoding: .utf8)
        for known in KnownMetrics.all { #expect(text.contains("`\(known.name)`"), "\(known.name) is missing") }
    }
}
