import AuroraModel
import Foundation
import Testing

@testable import AuroraConfig

@Suite struct RenderingTests {
    @Test func theDefaultsAreShownInFull() {
        #expect(
            ManifestRenderer.yaml(.defaults(host: "box")) == """
                # defaults, without a manifest
                # this node: box (lead)
                mesh: aurora
                nodes: {}
                keep: {}
                services: {}
                runtime: process
                engines: {}
                discovery:
                  loopback: true
                  local_engine: auto
                models: {}
                aliases: {}
                listen: [127.0.0.1]
                origins: []
                ports:
                  gateway: 8001
                  chat: 8003
                  console: 8004
                tokens: []
                limits:
                  body: 100MB
                  header: 32KB
                  concurrency: 2048
                  drain: 30s
                  conversation_messages: 10000
                  first_byte: 5m
                  silence: 2m
                commands: {}
                tasks:
                  concurrency: 16
                  attempts: 5
                  keep: 7d
                  limit: 100000

                """)
    }

    @Test func secretsAreNeverShown() throws {
        let manifest = try manifest(Samples.whole, env: Samples.wholeEnv)
        let (yaml, json) = (ManifestRenderer.yaml(manifest), ManifestRenderer.json(manifest))
        for secret in Samples.secrets {
            #expect(!yaml.contains(secret))
            #expect(!json.contains(secret))
            #expect(!"\(manifest)".contains(secret))
        }
        #expect(yaml.contains(#"url: "postgresql://app:***@db.example.com:5432/app""#))
        #expect(yaml.contains(#"api_key: "***""#))
        #expect(json.contains(#""value": "***""#))
    }

    @Test func whatIsShownReadsBackAsTheSame() throws {
        var original = try manifest(Samples.whole, env: Samples.wholeEnv)
        let shown = ManifestRenderer.yaml(original)
            .replacing("app:***@", with: "app:${DB_PASSWORD}@").replacing(#"api_key: "***""#, with: #"api_key: "${POD_KEY}""#)
            .replacing(#"value: "***""#, with: #"value: "${AURORA_TOKEN}""#)
            .replacing(#"node_token: "***""#, with: #"node_token: "${AURORA_NODE_TOKEN}""#)
        var again = try manifest(shown, env: Samples.wholeEnv)
        original.source = nil
        again.source = nil
        #expect(again == original)
    }

    @Test func jsonIsJSON() throws {
        let json = ManifestRenderer.json(try manifest(Samples.whole, env: Samples.wholeEnv))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        #expect(object["this_node"] as? String == "aurora")
        #expect((object["ports"] as? [String: Int])?["gateway"] == 9001)
        #expect(
            (object["nodes"] as? [String: [String: String]])?["pod"] == [
                "role": "gpu", "vpn": "10.0.0.20", "url": "https://pod.example.com:8004",
            ])
        #expect((object["source"] as? String)?.hasSuffix("/aurora.yml") == true)
    }

    @Test(arguments: [
        ("postgresql://u:p@h/db", "postgresql://u:***@h/db"), ("postgresql://u:p@w:x/y@h/db", "postgresql://u:***@h/db"),
        ("postgresql://u@h/db", "postgresql://u@h/db"), ("http://h:80/a", "http://h:80/a"), ("u:p@h", "u:***@h"),
        ("postgresql:///db?host=/run&password=p&user=u", "postgresql:///db?host=/run&password=***&user=u"),
        ("http://h/?api_key=k&x=1", "http://h/?api_key=***&x=1"), ("postgresql://u:p?w@h/db", "postgresql://u:***@h/db"), ("", ""),
        ("@:@", "@:***@"),
    ])
    func passwordsInURLsAreHidden(_ url: String, _ shown: String) {
        #expect(RedactedURL.text(url) == shown)
    }

    @Test(arguments: [
        "a b", "null", "true:", "x: y", "#", "\"", "\\", "tab\t", "line\nend", "${A}", "ünïcode", "'", "*", "", "-", "1e3", "\u{85}\u{1}",
    ])
    func anyTextReadsBackFromYAML(_ text: String) throws {
        let yaml = Shown.mapping([("x", .text(text))]).yaml()
        let document = YAMLDocument(yaml, file: "f")
        var reader = Reader(file: "f", folder: "/", variables: ManifestVariables(values: [:]))
        let root = try #require(document.root)
        let entry = try #require(reader.entries(root, expected: "")?.first)
        #expect(reader.scalar(entry.value, expected: "")?.text == text)
    }
}

@Suite struct URLTests {
    @Test(arguments: [
        "postgresql://u:p@h1:5432,h2:5433/db", "postgresql:///db", "postgresql://%2Fvar%2Frun/db", "http://[::1]:8000/x", "http://h",
        "http://u@h:1",
        "redis://:p@h:6379",
    ])
    func urlsOfServicesAreTaken(_ text: String) { #expect(ServiceURL(text) != nil) }

    @Test(arguments: [
        "", "h", "://h", "http//h", "http://h:", "http://h:0", "http://h:x", "http://h:65536", "http://a b", "http://[::1", "http://[zz]:1",
        "http://h_:1:2",
        "http://-h", "http://h..x", "1http://h", "http://h\n", "http://[",
    ])
    func whatIsNoURLIsRefused(_ text: String) { #expect(ServiceURL(text) == nil) }
}

@Suite struct TemplateTests {
    @Test func theTemplateLoadsWithoutFindings() throws {
        var manifest = try manifest(ManifestTemplate.text)
        #expect(try words(ManifestTemplate.text, env: ManifestTemplate.envExample) == [])
        manifest.source = nil
        #expect(manifest == .defaults(host: "aurora"))
    }

    @Test func itsExamplesLoadWithoutFindings() throws {
        let scratch = try Scratch()
        try FileManager.default.createDirectory(atPath: "\(scratch.path)/personalities", withIntermediateDirectories: true)
        let examples = ManifestTemplate.text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasPrefix("#") && (!line.hasPrefix("# ") || line.hasPrefix("#  ")) ? line.dropFirst() : line
        }
        try scratch.write("aurora.yml", examples.joined(separator: "\n"))
        let variables = ManifestTemplate.envExample.split(separator: "\n").filter { $0.hasSuffix("=") }.enumerated().map {
            $0.element.dropFirst() + "0123456789abcdef\($0.offset)"
        }
        #expect(variables.count == 5)
        try scratch.write(".env", variables.joined(separator: "\n"))
        let load = ManifestLoader.load(path: "aurora.yml", folder: scratch.path, environment: [:], host: "server")
        #expect(load.findings == [])
        #expect(load.manifest?.nodes.count == 3 && load.manifest?.engines.count == 2 && load.manifest?.tokens.count == 1)
        #expect(load.manifest?.services.map(\.name) == ["redis", "mail-sync"])
    }

    @Test func everyTopOptionStandsInTheTemplate() {
        for field in ManifestSchema.root.fields {
            #expect(ManifestTemplate.text.contains("\n\(field.key):") || ManifestTemplate.text.contains("\n#\(field.key):"))
        }
    }
}

@Suite struct DocumentationTests {
    @Test func theReferenceInTheDocsIsTheOneOfTheCode() throws {
        #expect(try repositoryFile("docs/manifest.md").contains(ManifestReference.markdown))
    }

    @Test(arguments: ["one-server", "mesh", "shared"])
    func theExamplesLoadWithoutFindings(_ name: String) throws {
        let lines = try repositoryFile("examples/env.example").split(separator: "\n").enumerated()
        let env = lines.map { $0.element.replacing("=change-me", with: "=0123456789abcdef\($0.offset)") }.joined(separator: "\n")
        #expect(try words(try repositoryFile("examples/\(name).yml"), env: env, host: "server") == [])
    }

    @Test func theExampleInTheDocsGivesTheFindingsInTheDocs() throws {
        let blocks = try repositoryFile("docs/manifest.md").components(separatedBy: "```")
        let wrong = try #require(blocks.first { $0.hasPrefix("yaml\nmesh: My Mesh") }?.dropFirst(5))
        let shown = try #require(blocks.first { $0.hasPrefix("text\naurora.yml:") }?.dropFirst(5))
        #expect(try words(String(wrong), environment: [:]).joined(separator: "\n") + "\n" == String(shown))
    }
}
