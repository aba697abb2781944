import AuroraModel
import Foundation
import Testing

@testable import AuroraMesh

@Suite struct ReportTests {
    @Test func aReportReadsBackAsItWasWritten() throws {
        let report = MeshNode.report("pod")
        #expect(try ReportWire.decode(ReportWire.encode(report)) == report)
    }

    @Test func whatANewerVersionAddsIsPassedOver() throws {
        let text = """
            {"node":"pod","role":"oracle","mesh":"home","version":"9.0.0","gateway_port":8001,"uptime_seconds":1,"is_draining":false,
             "mood":"fine","gpus":[{"name":"X","vendor":"new","colour":"red"},{"vendor":1}],
             "workers":[{"name":"a","kind":"telepathy","is_up":true,"in_flight":0,"waiting":0,"models":[],"speeds":[]},
                        {"name":"b","kind":"openai","is_up":true,"in_flight":0,"waiting":0,"models":[],"speeds":[],"aura":1}]}
            """
        let report = try ReportWire.decode(Data(text.utf8))
        #expect(report.role == .workstation)
        #expect(report.workers.map(\.name) == ["b"])
        #expect(report.gpus.map(\.name) == ["X"])
    }

    @Test(arguments: ["", "a b", "a\r\nX-Evil: 1", "ü", String(repeating: "a", count: 129)])
    func namesThatCouldForgeAHeaderAreRefused(name: String) {
        var report = MeshNode.report("pod")
        report.workers[0].name = name
        let check = ReportCheck(me: NodeIdentity(name: "lead", role: .lead, mesh: "home"))
        #expect(throws: AuroraError.self) { try check.check(report, of: PeerTarget("pod", at: "http://127.0.0.1:1")) }
    }

    @Test func twoEnginesOfOneNameAreRefused() {
        var report = MeshNode.report("pod")
        report.workers += report.workers
        let check = ReportCheck(me: NodeIdentity(name: "lead", role: .lead, mesh: "home"))
        #expect(throws: AuroraError(.invalid, "two of its engines have the same name")) {
            try check.check(report, of: PeerTarget("pod", at: "http://127.0.0.1:1"))
        }
    }

    @Test func theRoundTripIsTheShortestOfLateSmoothed() {
        var way = RoundTrip()
        #expect(way.add(.milliseconds(100)) == .milliseconds(100))
        #expect(way.add(.milliseconds(20)) == .milliseconds(80))
        #expect(way.add(.milliseconds(900)) == .milliseconds(65))
        for _ in 0..<50 { _ = way.add(.milliseconds(10)) }
        #expect(way.estimate.map { $0 < .milliseconds(11) } == true)
    }
}

@Suite struct PeerTargetTests {
    private func target(_ address: String? = nil, vpn: String? = nil, url: String? = nil) -> String? {
        PeerTarget(NodeSpec(name: "a", role: .gpu, address: address, vpn: vpn, url: url), port: 8004)?.api
    }

    @Test func theVPNIsTakenBeforeTheAddressAndAURLBeforeBoth() {
        #expect(target("192.168.1.5", vpn: "10.0.0.2") == "http://10.0.0.2:8004")
        #expect(target("192.168.1.5") == "http://192.168.1.5:8004")
        #expect(target("fd00::5") == "http://[fd00::5]:8004")
        #expect(target("a.example.com", vpn: "10.0.0.2", url: "https://a.example.com") == "https://a.example.com")
    }

    @Test(arguments: ["a.example.com", "8.8.8.8", "172.32.0.1", "2001:db8::1", "100.128.0.1", "1.2.3", "fd", "evil.local.example"])
    func aPublicAddressIsNotAskedOverPlainHTTP(address: String) {
        #expect(PrivateHost.contains(address) == (address == "fd"))
        if address != "fd" { #expect(target(address) == nil) }
    }

    @Test(arguments: [
        "127.0.0.1", "10.9.9.9", "172.16.0.1", "172.31.255.255", "192.168.0.1", "100.64.0.1", "::1", "fe80::1", "lead", "lead.local",
        "x.internal",
    ])
    func privateHostsAre(host: String) { #expect(PrivateHost.contains(host)) }

    @Test func aNodeWithoutAddressOnlyDialsOut() { #expect(target() == nil) }

    @Test func theGatewayIsOnTheSameHostAtThePortOfTheReport() throws {
        #expect(try PeerTarget("a", at: "https://[fd00::5]:8004").gatewayURL(port: 9) == "https://[fd00::5]:9")
        #expect(try PeerTarget("a", at: "http://10.0.0.1:8004").gatewayURL(port: 8001) == "http://10.0.0.1:8001")
    }
}
