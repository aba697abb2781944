import Testing

@testable import AuroraTasks

@Suite struct TaskUpkeepTests {
    @Test func everyDutyHasItsTime() {
        var upkeep = TaskUpkeep(settings: TaskSettings())
        let seconds = (0..<121).map { _ in upkeep.duties(hasChanged: false) }
        func times(_ duty: TaskUpkeep.Duty) -> [Int] { seconds.indices.filter { seconds[$0].contains(duty) } }
        #expect(times(.expire) == Array(0..<121))
        #expect(times(.renew) == Array(stride(from: 9, to: 121, by: 10)))
        #expect(times(.prune) == [0, 60, 120])
        #expect(times(.count) == Array(stride(from: 0, to: 121, by: 10)))
    }

    @Test func numbersFollowAChangeAtOnce() {
        var upkeep = TaskUpkeep(settings: TaskSettings())
        let seconds = [false, false, true].map { upkeep.duties(hasChanged: $0).contains(.count) }
        #expect(seconds == [true, false, true])
    }

    @Test func leasesAreRenewedAtLeastEachSecond() {
        var settings = TaskSettings()
        settings.renewal = .milliseconds(1)
        var upkeep = TaskUpkeep(settings: settings)
        #expect((0..<3).allSatisfy { _ in upkeep.duties(hasChanged: false).contains(.renew) })
    }
}
