import AuroraConfig
import AuroraModel
import Testing

@Suite("Models, aliases and origins in the manifest")
struct ModelsSectionTests {
    @Test func allOptionsAreRead() throws {
        let manifest = try manifest(Samples.whole, env: Samples.wholeEnv)
        #expect(
            manifest.models == [
                ManifestModel(name: "qwen3:8b", on: ["pod", "aurora"], policy: .leastLoaded, fallback: ["qwen3:1.7b"]),
                ManifestModel(name: "hf.co/org/Big-GGUF:Q4_K_M", on: ["ollama"], policy: .pinned),
            ])
        #expect(manifest.aliases == [ModelAlias(name: "fast", model: "qwen3:8b")])
        #expect(manifest.origins == ["https://chat.example.com", "http://10.0.0.5:*"])
    }

    @Test func withoutNodesThisMachineMayBeNamed() throws {
        #expect(try manifest("models: { m: { on: [ box ] } }", host: "box").models == [ManifestModel(name: "m", on: ["box"])])
        #expect(try manifest("models: { m: }", host: "box").models == [ManifestModel(name: "m")])
    }

    @Test(arguments: [
        (
            "models: { m: { on: [ desc ] } }", "models.m.on names 'desc', which is no node and no engine",
            "did you mean 'desk'? known: desk, pod, gpu"
        ),
        ("models: { \"a b\": {} }", "'a b' cannot be the name of a model", "use the name of a model, such as \"qwen3:8b\", without blanks"),
        ("models: { m: { policy: best } }", "models.m.policy is 'best'", "use predicted, least-loaded, round-robin, prefix or pinned"),
        (
            "models: { m: { policy: predicte } }", "models.m.policy is 'predicte'",
            "did you mean 'predicted'? use predicted, least-loaded, round-robin, prefix or pinned"
        ),
        (
            "models: { m: { policy: pinned } }", "models.m.policy is 'pinned', and 'on' names no node",
            "add 'on' with the node to pin it to, or another policy"
        ),
        ("models: { m: { fallback: [ m ] } }", "models.m.fallback names the model itself", "name other models only"),
        (
            "models: { m: { fallback: big } }", "models.m.fallback is 'big'",
            "use a list: [ … ], each the name of a model, such as \"qwen3:8b\", without blanks"
        ),
        ("models: { m: { keep: true } }", "models.m has no option 'keep'", "known here: on, policy, fallback"),
        ("aliases: [ fast ]", "aliases is a list", "use a mapping of names to models: 'fast: \"qwen3:8b\"'"),
        ("aliases: { fast: }", "aliases.fast is empty", "use the name of a model, such as \"qwen3:8b\", without blanks"),
        ("aliases: { \"a b\": c }", "'a b' cannot be an alias", "use the name of a model, such as \"qwen3:8b\", without blanks"),
        (
            "aliases: { fast: quick, quick: \"m:1\" }", "aliases.fast leads to 'quick', which is an alias itself",
            "write the model that is meant"
        ),
        (
            "origins: [ chat.example.com ]", "origins[0] is 'chat.example.com'",
            "use an origin such as https://chat.example.com, http://10.0.0.5:3000 or https://*.example.com, or * for every page"
        ),
        (
            "origins: [ \"https://a/b\" ]", "origins[0] is 'https://a/b'",
            "use an origin such as https://chat.example.com, http://10.0.0.5:3000 or https://*.example.com, or * for every page"
        ),
    ])
    func whatIsWrongIsNamed(_ option: String, _ reason: String, _ fix: String) throws {
        let yaml = "nodes: { desk: { role: lead }, pod: { role: gpu } }\nengines: { gpu: { kind: ollama, url: \"http://h:1\" } }\n\(option)"
        let load = try load(yaml, host: "desk")
        #expect(load.manifest == nil)
        #expect(load.findings.map { "\($0.line ?? 0) \($0.reason)\n\($0.fix)" } == ["3 \(reason)\n\(fix)"])
    }

    @Test func anAliasStandsInNoModelsWay() throws {
        #expect(
            try words("models: { m: {} }\naliases: { m: other }") == [
                "aurora.yml:2: error: aliases.m has the name of a model under 'models'\n  fix: give the alias another name"
            ])
    }

    @Test func everyPageWithoutTokensIsWarnedOf() throws {
        #expect(
            try words("origins: [ \"*\" ]") == [
                "aurora.yml:1: warning: origins has '*', and there are no tokens: any web page can use this node\n"
                    + "  fix: name the pages, or add 'tokens'"
            ])
        let tokens = "tokens: [ { name: a, scopes: [ admin ], value: \"$T\" } ]\norigins: [ \"*\" ]"
        #expect(try words(tokens, environment: ["T": "0123456789abcdef"]) == [])
    }
}
