import AuroraDialects
import NIOCore
import Testing

@Suite struct StreamTailTests {
    private func tail(_ kind: StreamTail.Kind, _ text: String, pieces size: Int = .max) -> StreamTail {
        var tail = StreamTail(kind)
        var rest = ByteBuffer(string: text)
        while rest.readableBytes > 0, let piece = rest.readSlice(length: min(size, rest.readableBytes)) { tail.push(piece) }
        return tail
    }

    private let sse = """
        data: {"choices":[{"index":0,"delta":{"content":"data: x"}}]}

        : keep-alive

        data: {"choices":[],"usage":{"completion_tokens":3,"prompt_tokens":32,"total_tokens":35,"completion_tokens_details":{"x":9}}}

        data: [DONE]


        """

    @Test func countsAndReadsAnEventStreamInAnySplit() {
        for size in 1...sse.utf8.count {
            let tail = tail(.sse, sse, pieces: size)
            #expect(tail.events == 3)
            #expect(tail.isComplete)
            #expect(tail.usage == TokenUsage(prompt: 32, completion: 3))
            #expect(tail.error == nil)
        }
    }

    @Test(arguments: [
        ("data: {\"a\":1}\n\n", false), ("data: [DONE]", true), ("data:[DONE]\r\n\r\n", true), ("data: [DONE]\n\n: bye\n\n", true),
        ("data: {\"x\":\"[DONE]\"}\n\n", false), ("", false), ("data: [DONE]\n\ndata: {}\n\n", false), ("data: [DON", false),
    ])
    func tellsACutEventStream(text: String, complete: Bool) {
        #expect(tail(.sse, text).isComplete == complete)
    }

    @Test func findsTheErrorAtTheEnd() {
        let text = "data: {\"choices\":[]}\n\ndata: {\"error\":{\"message\":\"out of memory\",\"code\":500}}\n\n"
        #expect(tail(.sse, text).error == "out of memory")
        #expect(tail(.sse, text).isComplete == false)
        #expect(tail(.ndjson, "{\"done\":false}\n{\"error\":\"gone\"}\n").error == "gone")
        #expect(tail(.ndjson, "{\"message\":{\"content\":\"{\\\"error\\\":1}\"},\"done\":false}\n").error == nil)
    }

    @Test func readsAnOllamaStream() {
        let text = """
            {"model":"m","message":{"role":"assistant","content":"\\"done\\":true \\"eval_count\\":9"},"done":false}
            {"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","total_duration":5,\
            "prompt_eval_count":11,"eval_count":18}

            """
        for size in [1, 7, 64, 10_000] {
            let tail = tail(.ndjson, text, pieces: size)
            #expect(tail.events == 2)
            #expect(tail.isComplete)
            #expect(tail.usage == TokenUsage(prompt: 11, completion: 18))
        }
        let cut = tail(.ndjson, String(text.prefix { $0 != "\n" }))
        #expect(!cut.isComplete)
        #expect(cut.usage == nil)
    }

    @Test func seesTheEndBehindALongTokenList() {
        let tokens = (0..<20_000).map(String.init).joined(separator: ",")
        let text = "{\"response\":\"\",\"done\":true,\"context\":[\(tokens)],\"total_duration\":1,\"eval_count\":2}\n"
        for size in [100, 5000, 1_000_000] {
            let tail = tail(.ndjson, text, pieces: size)
            #expect(tail.isComplete)
            #expect(tail.usage == TokenUsage(completion: 2))
        }
    }

    @Test func readsOneDocument() {
        let text =
            "{\"choices\":[{\"message\":{\"content\":\"\(String(repeating: "x", count: 9000))\"}}],\"usage\":{\"prompt_tokens\": 4,\"completion_tokens\" :5}} \n"
        let tail = tail(.whole, text, pieces: 1000)
        #expect(tail.isComplete)
        #expect(tail.usage == TokenUsage(prompt: 4, completion: 5))
        #expect(tail.events == 0)
    }

    @Test func garbageNeverTraps() {
        var random = SeededRandom(seed: 3)
        let seed = Array(sse.utf8)
        for _ in 0..<300 {
            for kind in [StreamTail.Kind.sse, .ndjson, .whole] {
                var tail = StreamTail(kind)
                tail.push(ByteBuffer(bytes: random.mutated(seed)))
                tail.push(ByteBuffer())
                _ = (tail.isComplete, tail.usage, tail.error)
            }
        }
        #expect(tail(.sse, "\"usage\":{\"prompt_tokens\":99999999999999999999}").usage == nil)
    }
}
