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

    /// Whether the last of the messages is the beginning of an answer.
    static func ends(_ messages: [JSON]) -> Bool {
        guard let last = messages.last, last["role"]?.string?.lowercased() == "assistant" else { return false }
        return last["tool_calls"]?.array?.isEmpty != false && last["content"]?.string?.isEmpty == false
    }
}
