import AuroraDialects
import NIOCore
import Testing

@Suite struct OpenAIStreamTests {
    private let stream = OpenAIStream(id: "chatcmpl-1", model: "m", created: 5)
    private let head = #"{"id":"chatcmpl-1","object":"chat.completion.chunk","created":5,"model":"m","system_fingerprint":"fp_aurora","#

    @Test func chunksHaveTheShapeThatClientsExpect() {
        func text(_ buffer: ByteBuffer) -> String { String(buffer: buffer) }
        #expect(
            text(stream.role())
                == "data: \(head)\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n"
        )
        #expect(
            text(stream.content("a\n"))
                == "data: \(head)\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\\n\"},\"finish_reason\":null}]}\n\n")
        #expect(text(stream.finish("stop")) == "data: \(head)\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n")
        #expect(
            text(stream.usage(TokenUsage(prompt: 2, completion: 3)))
                == "data: \(head)\"choices\":[],\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":3,\"total_tokens\":5}}\n\n")
        #expect(text(OpenAIStream.done) == "data: [DONE]\n\n")
    }

    @Test func wholeAnswerIsOneDocument() throws {
        let body = try JSON(parsing: stream.whole(content: "hi", finishReason: "stop", usage: TokenUsage(prompt: 1, completion: 1)))
        #expect(body["object"] == "chat.completion")
        #expect(body["choices"]?[0]?.text == #"{"index":0,"message":{"role":"assistant","content":"hi"},"finish_reason":"stop"}"#)
        #expect(body["usage"]?["total_tokens"] == 2)
    }
}
