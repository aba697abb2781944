import AuroraMonitoring
import Foundation
import Testing

@Suite struct DocumentationTests {
    private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test func everyMetricThatIsCountedIsDescribed() throws {
        let known = Set(KnownMetrics.all.flatMap { [$0.name, $0.label] })
        let sources = try #require(
            FileManager.default.enumerator(at: root.appendingPathComponent("Sources"), includingPropertiesForKeys: nil))
        for case let file as URL in sources where file.pathExtension == "swift" {
            for match in try String(contentsOf: file, encoding: .utf8).matches(of: /label: "((?:aurora_|gen_ai\.)[a-z_.]+)"/) {
                #expect(known.contains(String(match.1)), "\(match.1) in \(file.lastPathComponent)")
            }
        }
    }

    @Test func everyMetricIsInTheDocumentation() throws {
        let text = try String(contentsOf: root.appendingPathComponent("docs/metrics.md"), encoding: .utf8)
        for known in KnownMetrics.all { #expect(text.contains("`\(known.name)`"), "\(known.name) is missing") }
    }
}
