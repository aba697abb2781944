import AuroraDialects
import AuroraModel
import Testing

@Suite struct ModelNameTests {
    @Test(arguments: [
        ("llama3", "llama3:latest"), ("llama3:8b", "llama3:8b"), ("library/llama3", "llama3:latest"), ("me/mine:v1", "me/mine:v1"),
        ("registry.ollama.ai/library/llama3:latest", "llama3:latest"), ("hf.co/bartowski/X-GGUF:Q4_K_M", "hf.co/bartowski/X-GGUF:Q4_K_M"),
        ("https://registry.ollama.ai/library/llama3", "llama3:latest"), ("localhost:5000/me/mine", "localhost:5000/me/mine:latest"),
        ("llama3:", "llama3:latest"), ("", ":latest"), ("///", "///:latest"),
    ])
    func getsTheDefaultsOfOllama(text: String, short: String) {
        #expect(ModelName(text).short == short)
    }

    @Test func letterCaseMakesNoOtherModel() {
        #expect(ModelName("Llama3:LATEST") == ModelName("llama3"))
        #expect(ModelName("llama3:8b") != ModelName("llama3:70b"))
    }

    @Test(
        arguments: [
            ("llama3", "llama3:latest"), ("LLAMA3:latest", "llama3:latest"), ("library/qwen:7b", "qwen:7b"), ("llama3:8b", nil), ("", nil),
        ] as [(String, String?)])
    func ollamaEnginesMatchNormalisedNames(requested: String, expected: String?) {
        #expect(ModelName.match(requested, in: ["llama3:latest", "qwen:7b"], kind: .ollama) == expected)
    }

    @Test(
        arguments: [
            ("Qwen/Qwen2.5-7B", "Qwen/Qwen2.5-7B"), ("Qwen/Qwen2.5-7B:latest", "Qwen/Qwen2.5-7B"), ("bar", "/models/foo/bar.gguf"),
            ("bar.gguf", "/models/foo/bar.gguf"), ("bar:latest", "/models/foo/bar.gguf"), ("win", "C:\\m\\win.GGUF"), ("Qwen2.5-7B", nil),
            ("Bar", nil), (":latest", nil), ("", nil), ("foo", nil), ("tagged", "tagged:latest"), ("tagged:LATEST", "tagged:latest"),
            ("tagged:7b", nil),
        ] as [(String, String?)])
    func openAIEnginesMatchExactlyAndForgiveAdditions(requested: String, expected: String?) {
        let models = ["Qwen/Qwen2.5-7B", "/models/foo/bar.gguf", "C:\\m\\win.GGUF", "tagged:latest"]
        #expect(ModelName.match(requested, in: models, kind: .openai) == expected)
    }

    @Test func exactNameWinsOverForgiving() {
        #expect(ModelName.match("bar:latest", in: ["bar", "bar:latest"], kind: .openai) == "bar:latest")
        #expect(ModelName.match("bar", in: ["x/bar.gguf", "bar"], kind: .openai) == "bar")
    }

    @Test func findsWhatWasMeant() {
        let names = ["llama3.2:3b", "qwen2.5:7b", "mistral:latest", "/models/SmolLM2.gguf"]
        #expect(NearestNames.of("llama3", in: names) == ["llama3.2:3b"])
        #expect(NearestNames.of("mistrall", in: names) == ["mistral:latest"])
        #expect(NearestNames.of("smollm2", in: names) == ["/models/SmolLM2.gguf"])
        #expect(NearestNames.of("gpt-4o", in: names).isEmpty)
        #expect(NearestNames.of("", in: names).isEmpty)
        #expect(NearestNames.of(String(repeating: "x", count: 100_000), in: names).isEmpty)
    }
}
