import NIOCore
import Testing

@testable import AuroraInference

/// Pages as the programs write them, shortened.
@Suite("What engines tell of their load")
struct EngineLoadTests {
    private static let vllm = """
        # HELP vllm:num_requests_running Number of requests in model execution batches.
        # TYPE vllm:num_requests_running gauge
        vllm:num_requests_running{engine="0",model_name="Qwen/Qwen2.5-Coder-32B-Instruct"} 3.0
        vllm:num_requests_running{engine="1",model_name="a \\"quoted\\" } brace"} 2.0
        # TYPE vllm:num_requests_waiting gauge
        vllm:num_requests_waiting{engine="0",model_name="Qwen/Qwen2.5-Coder-32B-Instruct"} 4.0
        vllm:kv_cache_usage_perc{engine="0",model_name="Qwen/Qwen2.5-Coder-32B-Instruct"} 0.25
        vllm:kv_cache_usage_perc{engine="1",model_name="x"} 0.5 1714000000000
        vllm:e2e_request_latency_seconds_bucket{le="+Inf"} 1.0
        """

    private func load(_ text: String) -> EngineLoad? { EngineLoad(metrics: ByteBuffer(string: text)) }

    @Test func vllmTellsWhatRunsAndWaits() {
        #expect(load(Self.vllm) == EngineLoad(software: .vllm, running: 5, waiting: 4, cacheUsage: 0.5))
        let old = "vllm:num_requests_running{model_name=\"m\"} 1\nvllm:gpu_cache_usage_perc{model_name=\"m\"} 7e-2\n"
        #expect(load(old) == EngineLoad(software: .vllm, running: 1, cacheUsage: 0.07))
    }

    @Test func sglangAndLlamaCppTellInTheirOwnNames() {
        #expect(
            load("sglang:num_running_reqs{model_name=\"m\"} 2.0\nsglang:num_queue_reqs{model_name=\"m\"} 1.0\nsglang:token_usage{} 0.3")
                == EngineLoad(software: .sglang, running: 2, waiting: 1, cacheUsage: 0.3))
        #expect(
            load("# HELP llamacpp:requests_processing x\nllamacpp:requests_processing 1\nllamacpp:requests_deferred 6\r\n")
                == EngineLoad(software: .llamaCpp, running: 1, waiting: 6))
    }

    @Test(arguments: [
        "", "\n\n", "{}", "vllm:num_requests_running", "vllm:num_requests_running{", "vllm:num_requests_running{} NaN",
        "vllm:num_requests_running +Inf", "# vllm:num_requests_running 3", "vllm:num_requests_running_total 3", "<html>not found</html>",
        "\u{0}\u{FFFD}{}}}{{ 1",
    ])
    func aPageOfSomethingElseTellsNothing(_ text: String) { #expect(load(text) == nil) }

    @Test func numbersThatCannotBeAreBounded() {
        #expect(
            load("vllm:num_requests_running -5\nvllm:num_requests_waiting 1e300\nvllm:kv_cache_usage_perc 7")
                == EngineLoad(software: .vllm, running: 0, waiting: 1_000_000_000, cacheUsage: 1))
    }

    @Test func bytesThatAreNoTextAreNoLoad() {
        #expect(EngineLoad(metrics: ByteBuffer(bytes: (0...255).map(UInt8.init))) == nil)
    }

    @Test func llamaCppTellsItsSlots() {
        let props = #"{"default_generation_settings":{"n_ctx":4096},"total_slots":4,"model_path":"m.gguf","build_info":"b6900-abc"}"#
        #expect(
            EngineLoad(props: ByteBuffer(string: props))
                == EngineLoad(software: .llamaCpp, version: "b6900-abc", slots: 4, contextLength: 4096))
        let slots = #"[{"id":0,"is_processing":true},{"id":1,"is_processing":false}]"#
        #expect(EngineLoad(slots: ByteBuffer(string: slots)) == EngineLoad(software: .llamaCpp, slots: 2, running: 1))
        #expect(EngineLoad(slots: ByteBuffer(string: #"[{"id":0,"state":1},{"id":1,"state":0}]"#))?.running == 1)
    }

    @Test(arguments: [
        "", "{}", "[]", "[1]", #"[{"id":0}]"#, #"{"total_slots":-1}"#, #"{"total_slots":99999999999}"#, #"{"total_slots":"4"}"#,
    ])
    func otherProgramsPagesAreNoSlots(_ text: String) {
        #expect(EngineLoad(slots: ByteBuffer(string: text)) == nil)
        #expect(EngineLoad(props: ByteBuffer(string: text)) == nil)
    }
}

@Suite("Which pages an engine is asked for")
struct EngineKnowledgeTests {
    private let start = ContinuousClock.now

    @Test func whatItLacksIsNotAskedForAgainForFiveMinutes() {
        var engine = EngineKnowledge()
        #expect(engine.pages(at: start) == [.props, .slots, .metrics])
        _ = engine.learned([.props: .absent, .slots: .absent, .metrics: .absent], at: start)
        #expect(engine.pages(at: start + .seconds(299)) == [])
        #expect(engine.pages(at: start + .seconds(300)) == [.props, .slots, .metrics])
    }

    @Test func onceItsProgramIsKnownOnlyItsOwnPagesAreAskedFor() {
        var vllm = EngineKnowledge()
        let load = vllm.learned(
            [.props: .absent, .slots: .absent, .metrics: .told(EngineLoad(software: .vllm, running: 1))], at: start)
        #expect(load == EngineLoad(software: .vllm, running: 1))
        #expect(vllm.pages(at: start + .seconds(400)) == [.metrics])

        var llama = EngineKnowledge()
        let props = EngineLoad(software: .llamaCpp, slots: 4)
        _ = llama.learned(
            [.props: .told(props), .slots: .told(EngineLoad(software: .llamaCpp, slots: 4, running: 2)), .metrics: .absent], at: start)
        #expect(llama.pages(at: start + .seconds(1)) == [.slots])
        #expect(llama.pages(at: start + .seconds(31)) == [.props, .slots])
        #expect(llama.learned([.slots: .later], at: start + .seconds(1)) == props)
        #expect(llama.pages(at: start + .seconds(2)) == [])
        #expect(llama.pages(at: start + .seconds(6)) == [.slots])
    }

    @Test func llamaCppWithoutSlotsIsAskedForItsMetrics() {
        var llama = EngineKnowledge()
        _ = llama.learned([.props: .told(EngineLoad(software: .llamaCpp, slots: 1)), .slots: .absent], at: start)
        #expect(llama.pages(at: start + .seconds(1)) == [.metrics])
    }
}
