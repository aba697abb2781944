import AuroraModel
import Testing

@Suite struct ConcealmentTests {
    private let concealment = Concealment(
        [("A", "abcd"), ("B", "abcdef"), ("S", "7"), ("E", "")].map { EnvironmentVariable($0.0, $0.1) })

    @Test func theLongestValueIsTakenFirst() {
        #expect(concealment.template("xabcdefabcdx") == "x${B}${A}x")
    }

    @Test func aShortValueIsFoundOnlyByItself() {
        #expect(concealment.template("7") == "${S}")
        #expect(concealment.template("127.0.0.7") == "127.0.0.7")
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
