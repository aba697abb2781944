import AuroraModel
import AuroraSystem
import Testing

@Suite("Plans")
struct PlanTests {
    private func whole() -> ProcessPlan {
        var limits = ResourceLimits()
        (limits.cpus, limits.memoryBytes, limits.processes) = (1.5, 1 << 29, 64)
        var check = HealthCheck(.http("http://127.0.0.1:1/health"))
        check.startPeriod = 5
        return ProcessPlan(
            name: "gmail-sync", arguments: ["python3", "main.py", "ä \" \\ \n"], environment: [EnvironmentVariable("KEY", "s3cret")],
            folder: "/srv", user: "nobody:nogroup", files: [PlannedFile(path: "/srv/a.conf", contents: "x\n", mode: 0o600)],
            folders: ["/srv/data"], healthcheck: check, restart: .onFailure(limit: 3), dependsOn: [.init("db", .healthy)],
            resources: limits, stopGraceSeconds: 2.5, stopSignal: "SIGQUIT",
            ports: [PortMapping(hostAddress: "127.0.0.1", hostPort: 8080, port: 80)])
    }

    private static let senseless: [@Sendable (inout ProcessPlan) -> Void] = [
        { $0.name = "../etc" }, { $0.name = "" }, { $0.name = String(repeating: "a", count: 64) }, { $0.arguments = [] },
        { $0.arguments = [""] }, { $0.arguments = ["a\u{0}"] }, { $0.environment = [EnvironmentVariable("A=B", "x")] },
        { $0.environment = [EnvironmentVariable("", "x")] }, { $0.environment = [EnvironmentVariable("A", "\u{0}")] },
        { $0.folder = "here" }, { $0.folders = ["x"] }, { $0.stopSignal = "SIGNOTHING" }, { $0.stopGraceSeconds = -1 },
        { $0.stopGraceSeconds = 1e300 },
    ]

    @Test func whatNoProcessCanBeGivenIsRefused() {
        for (number, change) in Self.senseless.enumerated() {
            var plan = whole()
            change(&plan)
            #expect(throws: AuroraError.self, "number \(number)") { try PlanCheck.check(plan) }
        }
    }

    @Test func theDigestIsOfTheProcessAndNotOfHowItIsWatched() {
        let plan = whole()
        var watched = plan
        (watched.restart, watched.healthcheck, watched.dependsOn, watched.stopSignal) = (.always, nil, [], "SIGTERM")
        #expect(watched.launchDigest == plan.launchDigest)
        var other = plan
        other.environment = [EnvironmentVariable("KEY", "another")]
        #expect(other.launchDigest != plan.launchDigest)
        #expect(plan.launchDigest.count == 64)
    }

    @Test(
        arguments: [("SIGTERM", 15), ("term", 15), ("9", 9), ("SIGQUIT", 3), ("0", nil), ("99", nil), ("", nil), ("SIG", nil)]
            as [(String, Int32?)])
    func signalsHaveNames(_ name: String, _ number: Int32?) { #expect(SignalNames.number(name) == number) }
}
