import AuroraModel
import Testing

@testable import AuroraConfig

@Suite struct DotEnvTests {
    @Test func everyWayToWriteAValueIsRead() {
        let env = DotEnv(
            #"""
            # a comment
            PLAIN=value
            export EXPORTED=yes
              SPACED = around the value   # a comment
            HASH=a#b
            EMPTY=
            EMPTY_QUOTED=""
            SINGLE='as $it is \n' # a comment
            QUOTE='it\'s'
            DOUBLE="tab\there \"quoted\" back\\slash $PLAIN \$PLAIN ${NONE:-standard}"
            LINES="first
            second"
            URL=postgresql://u:p@h/db?x=y
            REFERS=${PLAIN}s
            dotted.name-1=x
            """#, file: ".env", environment: [:])
        #expect(env.findings == [])
        #expect(
            env.values == [
                "PLAIN": "value", "EXPORTED": "yes", "SPACED": "around the value", "HASH": "a#b", "EMPTY": "", "EMPTY_QUOTED": "",
                "SINGLE": #"as $it is \n"#, "QUOTE": "it's", "DOUBLE": "tab\there \"quoted\" back\\slash value $PLAIN standard",
                "LINES": "first\nsecond", "URL": "postgresql://u:p@h/db?x=y", "REFERS": "values", "dotted.name-1": "x",
            ])
    }

    @Test func badLinesAreReportedAndTheRestIsRead() {
        let env = DotEnv(
            """
            GOOD=1
            this is no line
            2BAD=hidden
            OPEN="hidden
            TRAIL='x' hidden
            GOOD=2
            """, file: ".env", environment: [:])
        #expect(env.values == ["GOOD": "2"])
        #expect(
            env.findings.map(\.description) == [
                ".env:2: error: this line sets nothing\n  fix: write NAME=value, or put '#' in front of a comment",
                ".env:3: error: the part before '=' is not a variable name\n  fix: use letters, digits and '_', not starting with a digit",
                ".env:4: error: the quotes around the value of 'OPEN' are not closed, or text follows them\n"
                    + "  fix: close the quotes and end the line behind them",
                ".env:5: error: the quotes around the value of 'TRAIL' are not closed, or text follows them\n"
                    + "  fix: close the quotes and end the line behind them",
                ".env:6: warning: 'GOOD' is set twice, first on line 1; the later value counts\n  fix: keep one of the two lines",
            ])
    }

    @Test func aDollarSignThatMeansNothingIsWarnedOf() {
        let env = DotEnv("A=pa$word\nB=pa$\n", file: ".env", environment: [:])
        #expect(env.values == ["A": "pa", "B": "pa$"])
        #expect(
            env.findings.map(\.description) == [
                ".env:1: warning: 'A' uses 'word', which is not set\n  fix: to keep the dollar sign as it is, put the value in single quotes",
                ".env:2: warning: 'B' has a '$' that starts no variable\n  fix: to keep the dollar sign as it is, put the value in single quotes",
            ])
    }

    @Test func theEnvironmentWinsInsideTheFileToo() {
        #expect(DotEnv("A=file\nB=$A", file: ".env", environment: ["A": "process"]).values["B"] == "process")
    }

    @Test func valuesThatGrowWithoutEndAreRefused() {
        let lines = (1...60).map { "A\($0)=$A\($0 - 1)$A\($0 - 1)\n" }.joined()
        let env = DotEnv("A0=0123456789\n" + lines, file: ".env", environment: [:])
        #expect(env.findings.first?.reason.hasPrefix("the values grow over 16 MB at 'A") == true)
    }

    @Test func findingsOfBothFilesComeTogether() throws {
        #expect(
            try words("mesh: A", env: "nonsense").map { $0.prefix { $0 != "\n" } } == [
                ".env:1: error: this line sets nothing", "aurora.yml:1: error: mesh is 'A'",
            ])
    }
}

@Suite struct InterpolationTests {
    private let variables = ["A": "a", "EMPTY": "", "B": "b"]

    @Test(arguments: [
        ("$A", "a"), ("${A}", "a"), ("x${A}y$B", "xayb"), ("$$A", "$A"), ("$${A}", "${A}"), ("${A:-z}", "a"), ("${NONE:-z}", "z"),
        ("${NONE-z}", "z"),
        ("${EMPTY:-z}", "z"), ("${EMPTY-z}", ""), ("${EMPTY}", ""), ("${NONE:-}", ""), ("${NONE:-${B}}", "b"),
        ("${NONE:-${NIX:-x}y}z", "xyz"),
        ("${A:?needed}", "a"), ("${EMPTY?needed}", ""), ("${A:+z}", "z"), ("${EMPTY:+z}", ""), ("${EMPTY+z}", "z"), ("${NONE+z}", ""),
        ("none", "none"), ("", ""),
        ("${NONE:-http://h:1/?a=b}", "http://h:1/?a=b"),
    ])
    func variablesAreReplacedAsInCompose(_ text: String, _ expected: String) {
        var interpolation = Interpolation { variables[$0] }
        let (result, problems) = interpolation.expand(text)
        #expect(result == expected)
        #expect(problems == [])
    }

    @Test(arguments: [
        ("${NONE}", Interpolation.Problem.unset(name: "NONE", message: nil)), ("$NONE", .unset(name: "NONE", message: nil)),
        ("${EMPTY:?is empty}", .unset(name: "EMPTY", message: "is empty")), ("a $", .malformed("a '$' stands alone")),
        ("$1", .malformed("a '$' stands alone")), ("${A", .malformed("'${' is never closed by '}'")),
        ("${}", .malformed("'${' is not followed by a name and '}', ':-', '-', ':+', '+', ':?' or '?'")),
        ("${A!x}", .malformed("'${' is not followed by a name and '}', ':-', '-', ':+', '+', ':?' or '?'")),
    ])
    func whatCannotBeReplacedIsAProblem(_ text: String, _ problem: Interpolation.Problem) {
        var interpolation = Interpolation { variables[$0] }
        #expect(interpolation.expand(text).problems == [problem])
    }

    @Test func everyUnsetVariableOfATextIsNamed() {
        var interpolation = Interpolation { variables[$0] }
        let problems = interpolation.expand("${X} $A ${Y}").problems
        #expect(problems == [.unset(name: "X", message: nil), .unset(name: "Y", message: nil)])
    }

    @Test func defaultsNestedTooDeepAreAProblem() {
        var interpolation = Interpolation { _ in nil }
        let text = String(repeating: "${A:-", count: 5000) + String(repeating: "}", count: 5000)
        #expect(interpolation.expand(text).problems == [.malformed("'${' is nested more than 16 times")])
    }

    @Test func aVariableCannotInjectYAML() throws {
        let load = try load("mesh: \"${M}\"", environment: ["M": "a\nports: { chat: 1 }"])
        #expect(load.findings.map(\.reason) == ["mesh is 'a ports: { chat: 1 }'"])
    }
}
