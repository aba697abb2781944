#if os(Linux)
import Testing

@testable import AuroraMonitoring

@Suite struct ProcessSampleTests {
    private let fields = "S 1 2 3 0 -1 4194304 10 0 0 0 250 50 0 0 20 0 9 0 1000 4096 3 184 1 1"

    @Test func statIsReadFromBehindTheLastParenthesis() {
        let sample = parse("7 (a) S (b c) \(fields)")
        #expect(sample == ProcessSample(cpuSeconds: 3, residentBytes: 12_288, virtualBytes: 4096, startTime: 510))
    }

    @Test(arguments: ["", "7 (x", "7 (x) S 1", "7 (x) S" + String(repeating: " x", count: 40), ")", "\u{0}) \n"])
    func garbageGivesNothing(stat: String) {
        #expect(parse(stat) == nil)
    }

    @Test func memoryTooLargeToCountGivesNothing() {
        #expect(parse("7 (x) \(fields.replacing(" 3 184", with: " \(UInt64.max) 184"))") == nil)
    }

    @Test func bootTimeIsAsLongAgoAsTheMachineIsUp() {
        #expect(ProcessSample.bootTime(uptime: "250.5 400.25\n", now: 1_700_000_000) == 1_699_999_749.5)
        #expect(ProcessSample.bootTime(uptime: "", now: 1) == nil)
        #expect(ProcessSample.bootTime(uptime: "long", now: 1) == nil)
    }

    private func parse(_ stat: String) -> ProcessSample? {
        ProcessSample.parse(stat: stat, ticksPerSecond: 100, pageSize: 4096, bootTime: 500)
    }
}
#endif
