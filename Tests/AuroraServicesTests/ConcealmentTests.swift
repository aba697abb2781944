import AuroraModel
import Testing

@Suite struct ConcealmentTests {
    private let concealment = Concealment([
        EnvironmentVariable("A", "abc"), EnvironmentVariable("B", "abcdef"), EnvironmentVariable("E", ""),
    ])

    @Test func theLongestValueIsTakenFirst() {
        #expect(concealment.template("xabcdefabcx") == "x${B}${A}x")
    }

    @Test func dollarSignsStayDollarSigns() {
        #expect(concealment.template("$5 ${A}") == "$$5 $${A}")
    }

    @Test func anEmptyValueHidesNothing() {
        #expect(concealment.pieces(of: "") == [.literal("")])
        #expect(concealment.touches("none") == false)
    }

    @Test(arguments: [
        ("DB_PASSWORD", true), ("API_KEY", true), ("GITHUB_TOKEN", true), ("SENTRY_DSN", true), ("PORT", false), ("MONKEYS", false),
    ])
    func namesSayWhatIsSecret(name: String, isSecret: Bool) {
        #expect(SecretNames.isSecret(name) == isSecret)
    }
}
