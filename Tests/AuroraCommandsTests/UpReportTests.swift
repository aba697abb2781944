import Foundation
import Testing

@testable import AuroraCommands
@testable import AuroraNode

@Suite("What a started node prints")
struct UpReportTests {
    private func addresses(socket: String = "/run/aurora/aurora.sock") -> NodeAddresses {
        NodeAddresses(gateway: "http://127.0.0.1:8001", chat: "http://127.0.0.1:8003", console: "http://[::1]:8004", socket: socket)
    }

    @Test(arguments: ["/run/aurora/aurora.sock", "/tmp/my \"state\"\\x/aurora.sock", "/tmp/a\nb/aurora.sock", "/tmp/ü/aurora.sock"])
    func forProgramsIsOneLineOfJSON(socket: String) throws {
        let line = UpReport.line(addresses(socket: socket))
        #expect(!line.contains { $0.isNewline })
        let fields = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
        #expect(
            fields == [
                "event": "ready", "gateway": "http://127.0.0.1:8001", "chat": "http://127.0.0.1:8003", "console": "http://[::1]:8004",
                "socket": socket,
            ])
    }

    @Test func forPeopleIsALineForEachPort() {
        #expect(
            UpReport.text(addresses()) == """
                gateway  http://127.0.0.1:8001   OpenAI: base URL http://127.0.0.1:8001/v1 · Ollama: OLLAMA_HOST=http://127.0.0.1:8001
                chat     http://127.0.0.1:8003
                console  http://[::1]:8004   open this in a browser
                """)
    }
}
