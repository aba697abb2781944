import AuroraConfig
import AuroraModel
import Testing

/// Candidates and edits that more than one test uses.
enum Found {
    static let web = KeptCandidate(
        name: "backend", kind: .http, url: "http://127.0.0.1:8000", port: 8000, health: "/health", unit: "backend.service",
        found: "uvicorn main:app, pid 812, user app")
    static let cache = KeptCandidate(name: "redis", kind: .redis, url: "redis://127.0.0.1:6379", port: 6379)

    static func edit(
        _ added: [KeptCandidate] = [], gone: [String] = [], present: [String] = [], ports: PortsProposal? = nil
    ) -> ManifestEdit {
        ManifestEdit(added: added, gone: gone, present: present, ports: ports, date: "2026-11-23")
    }
}

func edited(_ text: String, _ edit: ManifestEdit) throws -> String { try ManifestEditor.edited(text, file: "aurora.yml", with: edit) }

@Suite struct ManifestEditorTests {
    private let webLines = """
          # uvicorn main:app, pid 812, user app
          backend: { kind: http, url: "http://127.0.0.1:8000", health: /health, unit: backend.service }

        """

    @Test func newEntriesGoToTheEndOfKeepBeforeWhatFollows() throws {
        let text = """
            mesh: home
            keep: # mine
                db:   { kind: postgres, url: 'postgresql://h/d' }  # by hand
                # ollama: { kind: ollama, url: "http://127.0.0.1:11434" }

            # the next section
            limits: { drain: 5s }
            """
        #expect(
            try edited(text, Found.edit([Found.cache])) == """
                mesh: home
                keep: # mine
                    db:   { kind: postgres, url: 'postgresql://h/d' }  # by hand
                    # ollama: { kind: ollama, url: "http://127.0.0.1:11434" }
                    redis: { kind: redis, url: "redis://127.0.0.1:6379" }

                # the next section
                limits: { drain: 5s }
                """)
    }

    @Test(arguments: ["", "mesh: home", "mesh: home\n", "# only a comment\n", "---\nmesh: home\n", "\u{FEFF}mesh: home\n"])
    func aManifestWithoutKeepGetsOneAtItsEnd(_ text: String) throws {
        let result = try edited(text, Found.edit([Found.web]))
        #expect(result.hasPrefix(text))
        #expect(result.hasSuffix("# What runs already and is never touched.\nkeep:\n\(webLines)"))
        #expect(try manifest(result).keep.map(\.name) == ["backend"])
    }

    @Test(arguments: [
        ("keep:\n", "keep:\n"), ("keep: {}\n", "keep:\n"), ("keep: { }  # none yet\n", "keep:   # none yet\n"), ("keep: ~\n", "keep:\n"),
        ("keep: null # x\n", "keep:  # x\n"), ("keep:\n  # a: { kind: http }\n", "keep:\n  # a: { kind: http }\n"), ("keep:", "keep:\n"),
    ])
    func anEmptyKeepIsFilled(_ text: String, _ start: String) throws {
        #expect(try edited(text, Found.edit([Found.web])) == start + webLines)
        #expect(try edited("\(text)\nmesh: a", Found.edit([Found.web])).hasSuffix("\nmesh: a"))
    }

    @Test func linesEndAsTheOthersDo() throws {
        let text = "mesh: a\r\nkeep:\r\n  x: { kind: other }\r\n"
        #expect(try edited(text, Found.edit([Found.cache])) == text + "  redis: { kind: redis, url: \"redis://127.0.0.1:6379\" }\r\n")
    }

    @Test func theEndOfTheDocumentStaysItsEnd() throws {
        let text = "keep:\n  x: { kind: other }\n...\n# behind\n"
        #expect(
            try edited(text, Found.edit([Found.cache])) == """
                keep:
                  x: { kind: other }
                  redis: { kind: redis, url: "redis://127.0.0.1:6379" }
                ...
                # behind

                """)
    }

    @Test(arguments: [
        "keep: { a: { kind: other } }\n", "{ mesh: a, keep: {} }", "keep: &k { a: { kind: other } }\n",
        "x-base: &k\n  a: { kind: other }\nkeep: *k\n", "keep: {\n}\n",
    ])
    func whatCannotBeEditedSafelyIsRefusedWithWhatToAddByHand(_ text: String) throws {
        let error = try #require(throws: AuroraError.self) { try edited(text, Found.edit([Found.cache])) }
        #expect(error.code == .refused)
        #expect(error.message.hasPrefix("'aurora.yml' was not changed: "))
        #expect(error.hint?.contains("\n  redis: { kind: redis, url: \"redis://127.0.0.1:6379\" }") == true)
        #expect(try edited(text, Found.edit(gone: ["a"])) == text)
    }

    @Test func aBlockThatEndsInATextWithBlankLinesKeepsThem() throws {
        let text = "keep:\n  a:\n    kind: other\n    note: |+\n      words\n\n\nmesh: x\n"
        let result = try edited(text, Found.edit([Found.cache]))
        #expect(try manifest(result).keep.map(\.note) == ["words\n\n\n", nil])
        #expect(result.hasSuffix("mesh: x\n"))
    }

    @Test func whatIsGoneIsMarkedOnceAndLosesTheMarkWhenItIsBack() throws {
        let text = "keep:\n  # mine\n  a: { kind: other }\n  b: { kind: other }\n"
        let marked = try edited(text, Found.edit(gone: ["a"], present: ["b"]))
        let mark = "  # gone since 2026-11-23: 'aurora adopt' did not find it; delete the entry if it will not come back\n"
        #expect(marked == "keep:\n  # mine\n\(mark)  a: { kind: other }\n  b: { kind: other }\n")
        var later = Found.edit(gone: ["a"])
        later.date = "2027-01-01"
        #expect(try edited(marked, later) == marked)
        #expect(try edited(marked, Found.edit(present: ["a"])) == text)
    }

    @Test func aMarkThatWasChangedByHandStays() throws {
        let text = "keep:\n  # gone since 2026-11-01: comes back in spring\n  a: { kind: other }\n"
        #expect(try edited(text, Found.edit(present: ["a"])) == text)
        #expect(try edited(text, Found.edit(gone: ["a"])) == text)
    }

    @Test func nothingToChangeChangesNothing() throws {
        for text in ["", "mesh: a", "{ }", "keep: { a: { kind: other } }", Samples.whole, Samples.design, ManifestTemplate.text] {
            #expect(try edited(text, Found.edit(present: ["a", "database"])) == text)
        }
    }

    @Test func portsAreWrittenOnlyWhereNobodyWroteThem() throws {
        let ports = PortsProposal(gateway: 8005, chat: 8003, console: 8004, reasons: ["Port 8001 is held by nginx (pid 7)."])
        #expect(
            try edited("mesh: a\n", Found.edit(ports: ports)) == """
                mesh: a

                # Port 8001 is held by nginx (pid 7).
                ports: { gateway: 8005, chat: 8003, console: 8004 }

                """)
        let written = "ports: { gateway: 8001 }\n"
        #expect(try edited(written, Found.edit(ports: ports)) == written)
    }

    @Test func wordsOfOthersStayInTheirComment() throws {
        var candidate = Found.cache
        candidate.found = "evil\nkeep: {}\u{2028}x\u{0}\u{85}\tend\u{FFFE}"
        let result = try edited("mesh: a\n", Found.edit([candidate]))
        #expect(result.contains("  # evil keep: {} x end\n"))
        #expect(try manifest(result).keep.count == 1)
    }

    @Test func dollarSignsOfPathsAreNoVariablesAndThoseOfURLsAre() throws {
        var candidate = Found.cache
        candidate.url = "redis://:${REDIS_PASSWORD}@127.0.0.1:6379"
        candidate.config = ["/etc/$HOME/redis: x.conf", "/srv/\"q\""]
        let result = try manifest(try edited("", Found.edit([candidate])), env: "REDIS_PASSWORD=s3cret")
        #expect(result.keep.first?.url?.reveal() == "redis://:s3cret@127.0.0.1:6379")
        #expect(result.keep.first?.config == candidate.config)
    }

    @Test func aLongEntryStandsOnSeveralLines() throws {
        var candidate = Found.web
        candidate.config = ["/etc/systemd/system/backend.service", "/etc/systemd/system/backend.service.d/override.conf"]
        candidate.found = ""
        #expect(
            try edited("keep:\n   a: { kind: other }\n", Found.edit([candidate])) == """
                keep:
                   a: { kind: other }
                   backend:
                      kind: http
                      url: "http://127.0.0.1:8000"
                      health: /health
                      unit: backend.service
                      config: [/etc/systemd/system/backend.service, /etc/systemd/system/backend.service.d/override.conf]

                """)
    }
}
