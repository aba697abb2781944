import Testing

@testable import AuroraCommands

@Suite("An amount")
struct AmountTests {
    @Test(arguments: [
        (0.0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h 0 min"), (5400, "1 h 30 min"), (86_399, "23 h 59 min"),
        (86_400, "1 d 0 h"), (200_000, "2 d 7 h"),
    ])
    func ofTimeIsSaidAsPeopleSayIt(seconds: Double, text: String) {
        #expect(Amount.duration(seconds) == text)
    }

    @Test(arguments: [-1, -0.5, .nan, .infinity, -.infinity, 1e300]) func ofTimeThatMakesNoSenseIsADash(seconds: Double) {
        #expect(Amount.duration(seconds) == "-")
    }

    @Test(arguments: [(0.0, "0 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %"), (.nan, "-"), (.infinity, "-"), (1e300, "-")])
    func ofWorkIsAPercentage(part: Double, text: String) {
        #expect(Amount.percent(part) == text)
    }

    @Test func padsShortTextOnly() {
        #expect("ab".padded(to: 4) == "ab  ")
        #expect("abcdef".padded(to: 4) == "abcdef")
        #expect("ab".padded(to: -1) == "ab")
    }
}
