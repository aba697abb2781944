import AuroraConfig
import AuroraModel
import Testing

/// The full words of every finding about the options of a manifest.
@Suite struct FindingTests {
    @Test func everythingWrongIsReportedInOneRunByLine() throws {
        let yaml = """
            mesh: Not A Name
            nods: {}
            ports: { gateway: lots }
            nodes:
              one: { role: led }
              two: { vpn: 10.0.0.256 }
            jobs: {}
            """
        #expect(
            try words(yaml) == [
                """
                aurora.yml:1: error: mesh is 'Not A Name'
                  fix: use a name of 1 to 63 characters: a-z, 0-9, '-' and '_', starting with a letter or digit
                """,
                """
                aurora.yml:2: error: the manifest has no option 'nods'
                  fix: did you mean 'nodes'? known here: mesh, nodes, keep, services, runtime, engines, discovery, models, aliases, personalities, listen, origins, ports, tokens, node_token, limits, commands, tasks
                """,
                """
                aurora.yml:3: error: ports.gateway is 'lots'
                  fix: use a whole number from 0 to 65535
                """,
                """
                aurora.yml:5: error: nodes.one.role is 'led'
                  fix: did you mean 'lead'? use lead, gpu, workstation or laptop
                """,
                """
                aurora.yml:6: error: nodes.two.vpn is '10.0.0.256'
                  fix: use an IPv4 address, such as 10.0.0.1
                """,
                """
                aurora.yml:6: error: nodes.two has no 'role'
                  fix: add 'role': lead, gpu, workstation or laptop
                """,
                """
                aurora.yml:7: error: 'jobs' is not in this version of Aurora: it runs no jobs
                  fix: remove 'jobs', or put it back once a version has it
                """,
            ])
    }

    @Test(arguments: ["jobs", "sites", "cutovers", "replicas"])
    func sectionsOfLaterVersionsAreRefused(_ section: String) throws {
        let load = try load("\(section): {}")
        #expect(load.manifest == nil)
        #expect(load.findings.map(\.line) == [1])
        #expect(load.findings[0].reason.hasPrefix("'\(section)' is not in this version of Aurora: it "))
    }

    @Test(arguments: [
        ("mesh: [a]", "mesh is a list", "a name of 1 to 63 characters: a-z, 0-9, '-' and '_', starting with a letter or digit"),
        ("mesh:", "mesh is empty", "a name of 1 to 63 characters: a-z, 0-9, '-' and '_', starting with a letter or digit"),
        ("nodes: [a]", "nodes is a list", "a mapping of names: 'name: { … }'"),
        ("nodes: { a: lead }", "nodes.a is 'lead'", "a node as a mapping: { role: …, address: …, vpn: …, url: … }"),
        ("ports: 8001", "ports is '8001'", "a mapping of gateway, chat, console"),
        ("ports: { chat: 8001.5 }", "ports.chat is '8001.5'", "a whole number from 0 to 65535"),
        ("ports: { chat: 70000 }", "ports.chat is '70000'", "a whole number from 0 to 65535"),
        ("ports: { chat: -1 }", "ports.chat is '-1'", "a whole number from 0 to 65535"),
        ("ports: { chat: 99999999999999999999 }", "ports.chat is '99999999999999999999'", "a whole number from 0 to 65535"),
        ("ports: { chat: \"8003\" }", "ports.chat is the text \"8003\"", "a whole number from 0 to 65535, without quotes"),
        ("ports: { chat: {} }", "ports.chat is a mapping", "a whole number from 0 to 65535"),
        ("discovery: { loopback: yes }", "discovery.loopback is 'yes'", "true or false"),
        ("discovery: { local_engine: on }", "discovery.local_engine is 'on'", "auto or off"),
        ("listen: 127.0.0.1", "listen is '127.0.0.1'", "a list: [ … ], each an IPv4 or IPv6 address, such as 127.0.0.1, or 'vpn'"),
        ("listen: [ localhost ]", "listen[0] is 'localhost'", "an IPv4 or IPv6 address, such as 127.0.0.1, or 'vpn'"),
        ("tokens: { a: b }", "tokens is a mapping", "a list of mappings: [ { … }, { … } ]"),
        ("tokens: [ a ]", "tokens[0] is 'a'", "a token as a mapping: { name: …, scopes: …, value: … }"),
        ("limits: { body: 5XB }", "limits.body is '5XB'", "a size from 1KB to 10GB, such as 512KB, 100MB or 8GB"),
        ("limits: { body: 99999999999TB }", "limits.body is '99999999999TB'", "a size from 1KB to 10GB, such as 512KB, 100MB or 8GB"),
        ("limits: { drain: 30 }", "limits.drain is '30'", "a duration from 0s to 1h, such as 250ms, 30s, 5m or 1h"),
        ("limits: { drain: 2h }", "limits.drain is '2h'", "a duration from 0s to 1h, such as 250ms, 30s, 5m or 1h"),
        ("limits: { concurrency: 0 }", "limits.concurrency is '0'", "a whole number from 1 to 100000"),
        (
            "nodes: { a: { role: lead, address: \"http://x\" } }", "nodes.a.address is 'http://x'",
            "a host name or address without scheme and port"
        ),
        (
            "keep: { a: { kind: http, url: 127.0.0.1 } }", "keep.a.url is '127.0.0.1'",
            "a URL with scheme and host, such as http://127.0.0.1:8000 or postgresql://user@db.example.com:5432/app"
        ),
        (
            "keep: { a: { kind: postgres, url: \"mysql://h/d\" } }", "keep.a.url is 'mysql://h/d'",
            "a URL such as postgresql://user@127.0.0.1:5432/app"
        ),
        ("keep: { a: { kind: http, url: \"ftp://h\" } }", "keep.a.url is 'ftp://h'", "a URL such as http://127.0.0.1:8000"),
        (
            "keep: { a: { kind: http, url: \"http://h:99999\" } }", "keep.a.url is 'http://h:99999'",
            "a URL with scheme and host, such as http://127.0.0.1:8000 or postgresql://user@db.example.com:5432/app"
        ),
        (
            "keep: { a: { kind: http, url: \"http://h\", health: health } }", "keep.a.health is 'health'",
            "a path that starts with '/', such as /health"
        ),
        (
            "engines: { a: { kind: openai, url: \"http://h:80/api\" } }", "engines.a.url is 'http://h:80/api'",
            "scheme, host and port of the engine, such as http://127.0.0.1:11434, without path and password"
        ),
        (
            "engines: { a: { kind: openai, url: \"http://h:80\", parallel: many } }", "engines.a.parallel is 'many'",
            "a whole number from 1 to 10000"
        ),
    ])
    func aWrongValueNeverFallsBack(_ yaml: String, _ reason: String, _ fix: String) throws {
        let load = try load(yaml)
        #expect(load.manifest == nil)
        #expect(load.findings.map(\.description) == ["aurora.yml:1: error: \(reason)\n  fix: use \(fix)"])
    }

    @Test(arguments: [
        (
            "nodes: { Big: { role: lead } }", "'Big' cannot be the name of a node",
            "use a name of 1 to 63 characters: a-z, 0-9, '-' and '_', starting with a letter or digit"
        ),
        ("[ a, b ]", "the manifest is a list", "use a mapping: lines such as 'mesh: aurora'"),
        ("just words", "the manifest is 'just words'", "use a mapping: lines such as 'mesh: aurora'"),
        (
            "nodes: { a: { role: lead }, b: { role: lead } }", "nodes.b is a second lead beside 'a'",
            "keep one lead; make the other gpu, workstation or laptop"
        ),
        (
            "nodes: { a: { role: lead, vpn: 10.0.0.1 }, b: { role: gpu, vpn: 10.0.0.1 } }", "nodes.b.vpn is '10.0.0.1', the address of 'a'",
            "give each node a VPN address of its own"
        ),
        ("ports: { chat: 8001 }", "ports.chat is 8001, the port of 'gateway'", "give each its own port"),
        ("ports: { gateway: 8004 }", "ports.console is 8004, the port of 'gateway'", "give each its own port"),
        ("listen: []", "listen names no address", "write listen: [ 127.0.0.1 ]"),
        ("listen: [ 127.0.0.1, 127.0.0.1 ]", "listen has '127.0.0.1' twice", "name each address once"),
        (
            "listen: [ 0.0.0.0 ]", "listen has '0.0.0.0', every address of this machine, and there are no tokens",
            "add 'tokens', or listen on 127.0.0.1 and the VPN address only"
        ),
        (
            "listen: [ '::' ]", "listen has '::', every address of this machine, and there are no tokens",
            "add 'tokens', or listen on 127.0.0.1 and the VPN address only"
        ),
        (
            "keep: { a: { kind: postgres, url: \"postgresql://h/d\", health: /x } }", "keep.a.health is set, and its kind is 'postgres'",
            "remove 'health': it is asked for over HTTP and belongs to kind 'http' and others with an HTTP 'url'"
        ),
        (
            "keep: { a: { kind: ollama, url: \"http://h:1\" } }\nengines: { a: { kind: ollama, url: \"http://h:2\" } }",
            "engines.a has the name of keep.a", "give one another name; a kept engine need not stand under 'engines'"
        ),
        (
            "keep: { a: { kind: ollama, url: \"http://h:1\" } }\nengines: { b: { kind: ollama, url: \"http://h:1/\" } }",
            "engines.b.url is 'http://h:1', the address of 'a'", "list each engine once"
        ),
        (
            "engines: { a: { kind: openai } }", "engines.a has no 'url'",
            "add 'url': scheme, host and port of the engine, such as http://127.0.0.1:11434, without path and password"
        ),
        (
            "tokens: [ { name: a, scopes: [], value: \"$T\" } ]", "tokens[0].scopes allows nothing",
            "name one or more of: admin, chat, mesh, events, read"
        ),
        (
            "tokens: [ { name: a, scopes: [ admin ], value: \"$SHORT\" } ]", "tokens[0].value has 5 characters",
            "use 16 or more letters, digits and signs without blanks, for example from: openssl rand -hex 24"
        ),
        (
            "tokens: [ { name: a, scopes: [ admin ], value: \"$BLANK\" } ]",
            "tokens[0].value has blanks or characters that cannot be sent in a header",
            "use 16 or more letters, digits and signs without blanks, for example from: openssl rand -hex 24"
        ),
        (
            "mesh: ${NOWHERE}", "mesh uses the variable 'NOWHERE', which is not set",
            "set NOWHERE in the file '.env' beside the manifest or in the environment, or give a default: ${NOWHERE:-value}"
        ),
        (
            "mesh: \"${NOWHERE:?ask the operator}\"", "mesh uses the variable 'NOWHERE', which is not set: ask the operator",
            "set NOWHERE in the file '.env' beside the manifest or in the environment, or give a default: ${NOWHERE:-value}"
        ),
        ("mesh: a$", "in mesh a '$' stands alone", "write ${NAME} for a variable and $$ for a dollar sign"),
        ("mesh: \"${T\"", "in mesh '${' is never closed by '}'", "write ${NAME} for a variable and $$ for a dollar sign"),
    ])
    func aRuleThatIsBrokenIsNamed(_ yaml: String, _ reason: String, _ fix: String) throws {
        let variables = ["T": "0123456789abcdef0", "SHORT": "short", "BLANK": "0123456789 abcdef"]
        let load = try load(yaml, environment: variables, host: "a")
        #expect(load.manifest == nil)
        #expect(load.findings.map { "\($0.reason)\n\($0.fix)" } == ["\(reason)\n\(fix)"])
        #expect(load.findings.allSatisfy { $0.line == yaml.split(separator: "\n").count })
    }

    @Test func aMistakeIsReportedOnceAndNotByWhatFollowsFromIt() throws {
        let yaml = """
            nodes: { here: { role: led }, there: { role: gpu } }
            ports: { gateway: many, chat: 8001 }
            tokens: [ { name: a, scopes: [ admin ], value: "${UNSET}" } ]
            listen: [ 0.0.0.0 ]
            """
        let reasons = try load(yaml, environment: ["AURORA_NODE": "here"]).findings.map(\.reason)
        #expect(
            reasons == [
                "nodes.here.role is 'led'", "ports.gateway is 'many'", "tokens[0].value uses the variable 'UNSET', which is not set",
            ])
    }

    @Test func repeatedKeysAreReportedWithEverythingElse() throws {
        let yaml = """
            mesh: one
            nodes:
              a: { role: lead, role: gpu }
              b: { role: gpu }
              a: { role: laptop }
            "mesh": two
            mesh: three
            limit: {}
            """
        #expect(
            try words(yaml, host: "a").map { $0.prefix { $0 != "\n" } } == [
                "aurora.yml:3: error: the key 'role' is written more than once in one mapping, first on line 3",
                "aurora.yml:5: error: the key 'a' is written more than once in one mapping, first on line 3",
                "aurora.yml:6: error: the key 'mesh' is written more than once in one mapping, first on line 1",
                "aurora.yml:7: error: the key 'mesh' is written more than once in one mapping, first on line 1",
                "aurora.yml:8: error: the manifest has no option 'limit'",
            ])
    }

    @Test func tokensMustDiffer() throws {
        let yaml = """
            tokens:
              - { name: a, scopes: [ admin ], value: "$T" }
              - { name: a, scopes: [ read ], value: "$T" }
            """
        #expect(
            try words(yaml, environment: ["T": "0123456789abcdef"]) == [
                "aurora.yml:1: error: two tokens have the name 'a'\n  fix: give each token a name of its own",
                "aurora.yml:1: error: the tokens 'a' and 'a' have the same value\n  fix: give each token a value of its own",
            ])
    }

    @Test func secretsInTheManifestAreWarnedOfAndNeverShown() throws {
        let load = try load(
            """
            keep: { db: { kind: postgres, url: "postgresql://u:hunter2secret@h/db" } }
            engines: { pod: { kind: openai, url: "http://h:1", api_key: sk-literal-secret } }
            tokens: [ { name: a, scopes: [ admin ], value: literal-0123456789 } ]
            """)
        #expect(
            load.findings.map(\.description) == [
                "aurora.yml:1: warning: keep.db.url is a secret written in the manifest\n"
                    + "  fix: put the secret into '.env' as KEEP_DB_URL=… and write \"${KEEP_DB_URL}\" here",
                "aurora.yml:2: warning: engines.pod.api_key is a secret written in the manifest\n"
                    + "  fix: put the secret into '.env' as ENGINES_POD_API_KEY=… and write \"${ENGINES_POD_API_KEY}\" here",
                "aurora.yml:3: warning: tokens[0].value is a secret written in the manifest\n"
                    + "  fix: put the secret into '.env' as TOKENS_0_VALUE=… and write \"${TOKENS_0_VALUE}\" here",
            ])
        #expect(load.manifest != nil)
    }

    @Test(arguments: [
        "keep: { db: { kind: postgres, url: \"mysql://u:${P}@h/db\" } }",
        "keep: { db: { kind: postgres, url: \"postgresql://u:${P}@h:port/db\" } }",
        "keep: { db: { kind: http, url: \"u:${P}@h\" } }",
        "engines: { e: { kind: ollama, url: \"http://u:${P}@h:1\" } }",
        "engines: { e: { kind: ollama, url: \"http://h:1/?api_key=${P}\" } }",
        "tokens: [ { name: a, scopes: [ admin ], value: \"${P} \" } ]",
    ])
    func findingsNeverShowAPassword(_ yaml: String) throws {
        for password in ["hunter2secret", "hunter2/sec?ret@x", "hunter2:secret#"] {
            let load = try load(yaml, environment: ["P": password])
            #expect(load.manifest == nil)
            #expect(!load.findings.description.contains("hunter2"))
        }
    }

    @Test func listeningBeyondTheVPNWithoutTokensIsWarnedOf() throws {
        let yaml = "nodes: { a: { role: lead, vpn: 10.0.0.1 } }\nlisten: [ 10.0.0.1, 192.168.1.5, '::1' ]"
        #expect(
            try words(yaml) == [
                "aurora.yml:2: warning: whoever reaches '192.168.1.5' can use this node: there are no tokens\n"
                    + "  fix: add 'tokens', or listen on 127.0.0.1 and the VPN address only"
            ])
        let tokens = "tokens: [ { name: a, scopes: [ admin ], value: \"$T\" } ]\nlisten: [ 0.0.0.0 ]"
        #expect(try manifest(tokens, environment: ["T": "0123456789abcdef"]).listen == ["0.0.0.0"])
    }

    @Test func aFolderThatIsMissingIsWarnedOf() throws {
        #expect(
            try words("personalities: ./people") == [
                "aurora.yml:1: warning: personalities is './people', and there is no such folder\n  fix: create it, or correct the path"
            ])
    }
}
