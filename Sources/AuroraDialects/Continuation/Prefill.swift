/// A message of the assistant at the end of a chat is the beginning of the answer, and the engine is to go on with it.
///
/// Ollama and llama.cpp understand that by themselves; vLLM and SGLang want the two flags, which the others ignore. llama.cpp
/// refuses a beginning while the model is to think; what has begun to answer has done its thinking.
enum Prefill {
    static func mark(_ request: inout JSONObject) {
        request["continue_final_message"] = true
        request["add_generation_prompt"] = false
        guard var settings = (request["chat_template_kwargs"] ?? [:]).object else { return }
        settings["enable_thinking"] = false
        request["chat_template_kwargs"] = .object(settings)
    }

    /// The beginning of an answer with which the messages end; nil when they end otherwise.
    static func text(in messages: [JSON]) -> String? {
        guard let last = messages.last, last["role"]?.string?.lowercased() == "assistant" else { return nil }
        guard last["tool_calls"]?.array?.isEmpty != false, let text = last["content"]?.string, !text.isEmpty else { return nil }
        return text
    }

    /// An answer in one piece without its beginning, which llama.cpp repeats there and neither Ollama nor Anthropic does.
    static func removed(_ prefill: String?, from answer: String) -> String {
        guard let prefill, answer.utf8.starts(with: prefill.utf8) else { return answer }
        return String(decoding: answer.utf8.dropFirst(prefill.utf8.count), as: UTF8.self)
    }
}
