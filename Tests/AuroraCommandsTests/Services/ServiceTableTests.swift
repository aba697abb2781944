import AuroraAPI
import AuroraModel
import Foundation
import Testing

@testable import AuroraCommands

@Suite("Services for people")
struct ServiceTableTests {
    @Test func haveALineEachWithWhatIsWrong() throws {
        let services = [
            ServiceView(
                name: "db", state: "running", health: "healthy", detail: "runs", pid: 42, startedAt: "2026-11-23T10:00:00Z",
                ports: ["127.0.0.1:5433:5432"], restart: "always", limits: ["cpus: 1.5", "memory: 10 bytes: not enforced, no"]),
            ServiceView(
                name: "sync", state: "backing-off", detail: "ended with exit code 3; starts again in 4 s", restarts: 2, exitCode: 3,
                restart: "on-failure"),
        ]
        let now = try Date("2026-11-23T10:02:05Z", strategy: .iso8601)
        #expect(
            ServiceTable.text(services, now: now) == """
                SERVICE  STATE        HEALTH   PID  UP     RESTARTS  PORTS                NOTE
                db       running      healthy  42   2 min  0         127.0.0.1:5433:5432  memory: 10 bytes: not enforced, no
                sync     backing-off  -        -    -      2         -                    ended with exit code 3; starts again in 4 s
                """)
    }

    @Test func saySoWhenThereAreNone() { #expect(ServiceTable.text([], now: Date()) == "this node runs no services") }

    @Test func cannotBeForgedByALastWord() {
        let view = ServiceView(name: "x", state: "failed", detail: "its last words: '\u{1B}[2J\nfake running'", restart: "no")
        #expect(!ServiceTable.text([view], now: Date()).contains("\u{1B}"))
        #expect(!ServiceTable.line(view).contains("\n"))
    }

    @Test(arguments: [
        ("start", "running", true), ("start", "completed", true), ("start", "failed", false), ("start", "backing-off", false),
        ("stop", "stopped", true), ("stop", "stopping", false), ("restart", "waiting", true),
    ])
    func aVerbFailsWhenItsServiceDidNotBecomeWhatItShould(_ verb: String, _ state: String, _ isDone: Bool) {
        #expect(ServiceCall.isDone(verb, state) == isDone)
    }

    @Test func logsKeepTheirBytesButNeverCommandATerminal() {
        let text = "a\tb\n\u{1B}[31mred\n"
        #expect(LogText.shown(text, isTerminal: false) == text)
        #expect(LogText.shown(text, isTerminal: true) == "a\tb\n\\u{1B}[31mred\n")
    }

    @Test func namesStandInPathsAsTheyMust() { #expect(ServicePath.of("a/../b") == "/services/a%2F%2E%2E%2Fb") }
}
