import Foundation
import Testing

@testable import AuroraModel

@Suite("A finding")
struct FindingTests {
    private let finding = Finding(file: "aurora.yml", line: 4, reason: "unknown key 'prots'", fix: "write 'ports'")

    @Test func namesItsPlaceAsEditorsReadIt() {
        #expect("\(finding)" == "aurora.yml:4: error: unknown key 'prots'\n  fix: write 'ports'")
    }

    @Test func aboutAWholeFileHasNoLine() {
        let whole = Finding(.warning, file: "aurora.yml", line: nil, reason: "it is empty", fix: "run: aurora init")
        #expect("\(whole)" == "aurora.yml: warning: it is empty\n  fix: run: aurora init")
    }

    @Test func survivesItsWayThroughJSON() throws {
        #expect(try JSONDecoder().decode(Finding.self, from: try JSONEncoder().encode(finding)) == finding)
    }
}
