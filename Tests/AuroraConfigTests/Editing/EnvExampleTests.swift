import AuroraConfig
import AuroraModel
import Testing

@Suite struct EnvExampleTests {
    private let manifestText = """
        # ${IN_A_COMMENT}
        keep:
          db: { kind: postgres, url: "postgresql://${DB_USER:-${PGUSER}}:$DB_PASSWORD@h/d", note: "$$NOT $1" }
        tokens: [ { name: a, scopes: [ chat ], value: "${TOKEN:?}" } ]
        node_token: "${DB_PASSWORD}"
        """

    @Test func everyVariableOfTheManifestIsFoundOnce() {
        let uses = UsedVariables.used(in: manifestText)
        #expect(uses.map(\.name) == ["DB_USER", "PGUSER", "DB_PASSWORD", "TOKEN"])
        #expect(uses.map(\.place) == ["keep.db.url", "keep.db.url", "keep.db.url", "tokens[0].value"])
    }

    @Test(arguments: ["", ":", "{", "a: *b", "- x", "\u{0}", "keep: [", "a: \"${\"\nb: $"])
    func garbageHasNoVariables(_ text: String) {
        #expect(UsedVariables.used(in: text) == [])
    }

    @Test func aNewFileSaysWhatEachIsFor() throws {
        let text = try #require(EnvExample.merged(nil, with: UsedVariables.used(in: "node_token: ${T}")))
        #expect(text.hasPrefix("# Copy to .env (chmod 600 .env)"))
        #expect(text.hasSuffix("\n# Used by node_token\nT=\n"))
    }

    @Test func onlyWhatIsMissingIsAddedBehindWhatIsThere() {
        let old = "# mine\nexport DB_USER=app\n#PGUSER =\n  DB_PASSWORD=x"
        let uses = UsedVariables.used(in: manifestText)
        #expect(EnvExample.merged(old, with: uses) == old + "\n# Used by tokens[0].value\nTOKEN=\n")
        #expect(EnvExample.merged(old + "\nTOKEN=\n", with: uses) == nil)
        #expect(EnvExample.merged(nil, with: []) == nil)
    }
}
