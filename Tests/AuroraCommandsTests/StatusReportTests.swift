import AuroraAPI
import AuroraModel
import Foundation
import Testing

@testable import AuroraCommands

@Suite("The status for people")
struct StatusReportTests {
    private let load = LoadStatus(
        inFlight: 1, requestsTotal: 12, failuresTotal: 0, tokensTotal: 345, requestsPerSecond: 0.25, tokensPerSecond: 17.96)

    private func status(ready: Bool = true, engines: [EngineStatus] = [], local: LocalEngineStatus? = nil) -> NodeStatus {
        NodeStatus(
            node: "vengeance", role: "workstation", mesh: "aurora", version: "0.1.0", uptimeSeconds: 61,
            addresses: ["gateway": "http://127.0.0.1:8001", "chat": "http://127.0.0.1:8003", "console": "http://127.0.0.1:8004"],
            ready: ready, tokensRequired: false, engines: engines, localEngine: local, load: load)
    }

    private func engine(_ name: String, state: String, reason: String? = nil, speed: Double? = nil) -> EngineStatus {
        EngineStatus(
            name: name, kind: .ollama, url: "http://127.0.0.1:11434", source: .discovered, state: state, reason: reason, ageSeconds: 1,
            version: nil,
            models: [ModelStatus(name: "a", loaded: true), ModelStatus(name: "b", loaded: false)], inFlight: 2, requests: 3, failures: 0,
            tokensPerSecond: speed)
    }

    @Test func tellsAllInOneScreen() {
        let shown = StatusReport.text(
            status(engines: [
                engine("ollama", state: "up", speed: 42.04), engine("old", state: "down", reason: "connection refused"),
            ]))
        #expect(
            shown == """
                vengeance (workstation, mesh aurora) ready, up 1 min
                  gateway  http://127.0.0.1:8001
                  chat     http://127.0.0.1:8003
                  console  http://127.0.0.1:8004

                ENGINE  KIND    STATE  IN FLIGHT  TOK/S  MODELS
                ollama  ollama  up     2          42.0   a*, b
                old     ollama  down   2          -      connection refused
                * loaded

                1 in flight, 0.2 requests/s, 18.0 tokens/s; 12 requests and 345 tokens since the start
                """)
    }

    @Test func saysThatItWaitsAndForWhat() {
        let local = LocalEngineStatus(state: "installing", detail: "loading the model", progress: 0.427)
        let shown = StatusReport.text(status(ready: false, local: local))
        #expect(shown.contains("waiting for an engine, up 1 min"))
        #expect(shown.contains("\n\nno engines\n\n"))
        #expect(shown.contains("local engine: installing, loading the model (42 %)"))
    }

    @Test func survivesNumbersThatMakeNoSense() throws {
        var odd = status(local: LocalEngineStatus(state: "installing", detail: "x", progress: 1e300))
        odd.uptimeSeconds = 1e300
        let wire = try Wire.encode(odd)
        #expect(StatusReport.text(try Wire.decode(NodeStatus.self, from: wire)).contains("ready, up -"))
    }

    @Test func cannotBeForgedByAnEngine() {
        let shown = StatusReport.text(status(engines: [engine("x", state: "down", reason: "no\n\u{1B}[2Jfake  ollama  up")]))
        #expect(!shown.contains("\u{1B}"))
        #expect(!shown.contains("\nfake"))
    }
}
