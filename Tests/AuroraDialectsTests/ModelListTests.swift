import AuroraDialects
import AuroraModel
import Foundation
import NIOCore
import Testing

@Suite struct ModelListTests {
    private let tags = ByteBuffer(
        string: #"""
            {"models":[{"name":"llama3:latest","model":"llama3:latest","modified_at":"2026-05-04T14:56:49.277302595+02:00","size":4661224676,
            "digest":"365c0b","details":{"parent_model":"","format":"gguf","family":"llama","families":["llama"],"parameter_size":"8.0B",
            "quantization_level":"Q4_0"},"capabilities":["completion","tools"],"remote_host":"x"},{"name":"qwen:7b","size":1,"digest":"d"}]}
            """#)
    private let ps = ByteBuffer(
        string: #"""
            {"models":[{"name":"Llama3","model":"Llama3","size":6654289920,"digest":"365c0b","expires_at":"2026-06-04T14:38:31Z",
            "size_vram":6000000000,"context_length":8192}]}
            """#)
    private let llamaCpp = ByteBuffer(
        string: #"""
            {"models":[{"name":"/m/Smol.gguf","model":"/m/Smol.gguf","modified_at":"","size":"","digest":"","capabilities":["completion"],
            "details":{"parent_model":"","format":"gguf","family":"","families":[""],"parameter_size":"","quantization_level":""}}],
            "object":"list","data":[{"id":"/m/Smol.gguf","object":"model","created":1795436748,"owned_by":"llamacpp",
            "meta":{"vocab_type":2,"n_vocab":49152,"n_ctx":2048,"n_ctx_train":8192,"n_embd":576,"n_params":134515008,"size":96576768,"ftype":"Q4_1"}}]}
            """#)

    @Test func readsOllamasLists() throws {
        let models = try ModelList.ollama(tags: tags, ps: ps)
        #expect(models.map(\.name) == ["llama3:latest", "qwen:7b"])
        #expect(models.map(\.loaded) == [true, false])
        #expect(models[0].sizeBytes == 4_661_224_676)
        #expect(models[0].vramBytes == 6_000_000_000)
        #expect(models[0].contextLength == 8192)
        #expect(models[0].details.parameterSize == "8.0B")
        #expect(abs((models[0].modifiedAt?.timeIntervalSince1970 ?? 0) - 1_777_899_409.277) < 0.01)
        #expect(try ModelList.ollama(tags: tags).map(\.loaded) == [nil, nil])
    }

    @Test func ollamaEntriesSurviveUnchanged() throws {
        let merged = try JSON(parsing: OllamaShape.tags(ModelList.ollama(tags: tags)))
        #expect(merged["models"]?[0] == (try JSON(parsing: tags)["models"]?[0]))
        #expect(merged["models"]?[1]?["model"] == "qwen:7b")
        let running = try JSON(parsing: OllamaShape.ps(ModelList.ollama(tags: tags, ps: ps)))
        #expect(running == (try JSON(parsing: ps)))
    }

    @Test func llamaCppModelGetsEveryFieldOfOllama() throws {
        let models = try ModelList.openAI(models: llamaCpp)
        #expect(
            String(buffer: OllamaShape.tags(models)) == #"{"models":[{"name":"/m/Smol.gguf","model":"/m/Smol.gguf","#
                + #""modified_at":"2026-11-23T12:25:48.000000000Z","size":96576768,"digest":"","details":{"parent_model":"","format":"gguf","#
                + #""family":"","families":[],"parameter_size":"134.52M","quantization_level":"Q4_1"},"capabilities":["completion"]}]}"#)
        let running = try JSON(parsing: OllamaShape.ps(models))["models"]?[0]
        #expect(
            running?.object?.members.map(\.key) == [
                "name", "model", "size", "digest", "details", "expires_at", "size_vram", "context_length",
            ])
        #expect(running?["context_length"] == 2048)
    }

    @Test func showTellsOnlyWhatIsKnown() throws {
        let props = try EngineProps(
            ByteBuffer(
                string:
                    #"{"default_generation_settings":{"n_ctx":2048},"total_slots":4,"chat_template":"{{x}}","modalities":{"vision":true}}"#)
        )
        #expect(props.slots == 4)
        let model = try #require(try ModelList.openAI(models: llamaCpp, props: props).first)
        let show = try JSON(parsing: OllamaShape.show(model, props: props))
        #expect(show["template"] == "{{x}}")
        #expect(show["capabilities"] == ["completion", "vision"])
        #expect(show["model_info"]?["general.parameter_count"] == 134_515_008)
        let unknown = try JSON(parsing: OllamaShape.show(EngineModel(name: "x", kind: .openai)))
        #expect(unknown["model_info"] == [:])
        #expect(unknown["capabilities"] == nil)
        #expect(unknown["details"]?["family"] == "")
    }

    @Test func openAIListHasTheFourFieldsAndKeepsTheRest() throws {
        let both = ModelList.merged([try ModelList.ollama(tags: tags), try ModelList.openAI(models: llamaCpp)])
        let list = try JSON(parsing: OpenAIShape.models(both))
        #expect(list["object"] == "list")
        #expect(list["data"]?[0]?.text == #"{"id":"llama3:latest","object":"model","created":1777899409,"owned_by":"library"}"#)
        #expect(list["data"]?[2]?["meta"]?["n_embd"] == 576)
        #expect(list["data"]?[2]?["created"] == 1_795_436_748)
        #expect(String(buffer: OpenAIShape.model(both[0])) == list["data"]?[0]?.text)
    }

    @Test func mergingKeepsEachModelOnceAndLoadedWhereverItIs() throws {
        let here = try ModelList.ollama(tags: tags, ps: ByteBuffer(string: #"{"models":null}"#))
        let there = try ModelList.ollama(tags: tags, ps: ps)
        let merged = ModelList.merged([here, there])
        #expect(merged.map(\.name) == ["llama3:latest", "qwen:7b"])
        #expect(merged[0].loaded == true)
        #expect(merged[0].running != nil)
        #expect(merged[1].loaded == false)
    }

    @Test func runningModelsAreSortedByTimeLeft() throws {
        func model(_ name: String, _ until: String) -> EngineModel {
            EngineModel(name: name, kind: .ollama, loaded: true, running: ["name": .string(name), "expires_at": .string(until)])
        }
        let models = [
            model("a", "2026-06-04T14:38:31Z"), model("b", "2026-06-04T15:38:31Z"), EngineModel(name: "c", kind: .openai, loaded: true),
        ]
        let names = try JSON(parsing: OllamaShape.ps(models))["models"]?.array?.compactMap { $0["name"]?.string }
        #expect(names == ["c", "b", "a"])
    }

    @Test(arguments: ["", "[]", "{", #"{"data":5}"#, "<html>"])
    func refusesAnswersThatAreNoList(body: String) {
        #expect(throws: JSONError.self) { try ModelList.openAI(models: ByteBuffer(string: body)) }
    }

    @Test func strangeEntriesNeverTrap() throws {
        let body = ByteBuffer(
            string:
                #"{"data":[5,{},{"id":""},{"id":"x","created":1e300,"meta":{"n_params":1e300,"size":1e99}},{"id":"y","created":-5,"meta":[]}]}"#
        )
        let models = try ModelList.openAI(models: body)
        #expect(models.map(\.name) == ["x", "y"])
        #expect(models.map(\.modifiedAt) == [nil, nil])
        #expect(OllamaShape.tags(models).readableBytes > 0)
        #expect(OpenAIShape.models(models).readableBytes > 0)
    }

    @Test func versionIsOneField() {
        #expect(String(buffer: OllamaShape.version("0.1.0")) == #"{"version":"0.1.0"}"#)
    }
}
