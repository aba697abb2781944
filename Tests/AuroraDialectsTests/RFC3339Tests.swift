import Foundation
import Testing

@testable import AuroraDialects

@Suite struct RFC3339Tests {
    @Test(arguments: [
        (0.0, "1970-01-01T00:00:00.000000000Z"), (951_827_696.5, "2000-02-29T12:34:56.500000000Z"), (-1, "1969-12-31T23:59:59.000000000Z"),
        (1_795_436_748, "2026-11-23T12:25:48.000000000Z"), (-62_135_596_800, "0001-01-01T00:00:00.000000000Z"),
        (1e300, "0001-01-01T00:00:00Z"), (.nan, "0001-01-01T00:00:00Z"),
    ])
    func writesNineDigitsOfASecond(seconds: Double, text: String) {
        #expect(RFC3339.text(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0.0), ("2000-02-29T12:34:56.5Z", 951_827_696.5), ("2026-11-23T13:25:48+01:00", 1_795_436_748),
            ("2026-11-23t04:25:48-08:00", 1_795_436_748), ("2026-11-23", nil), ("", nil), ("2026-13-23T13:05:48Z", nil),
            ("2026-11-23T13:05:48", nil), ("2026-11-23T13:05:48.Z", nil), ("2026-11-23T13:05:48Zx", nil), ("2026-11-23T13:05:48+0100", nil),
            ("2026-1a-23T13:05:48Z", nil), ("äääääääääääääääää", nil),
        ] as [(String, Double?)])
    func readsWhatServersWrite(text: String, seconds: Double?) {
        #expect(RFC3339.date(text)?.timeIntervalSince1970 == seconds)
    }

    @Test func everyDayOfFourCenturiesComesBack() {
        for day in stride(from: -70_000, through: 80_000, by: 1) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400)
            if RFC3339.date(RFC3339.text(date)) != date { Issue.record("day \(day) is lost") }
        }
    }
}
