/// `options` of Ollama's wire, by name: what type each has and under which names OpenAI-compatible engines know it.
enum SamplingOptions {
    private enum Kind {
        case integer, float, boolean, strings

        /// The words of Ollama's own error.
        var inWords: String {
            switch self {
            case .integer: "integer"
            case .float: "float32"
            case .boolean: "boolean"
            case .strings: "array"
            }
        }
    }

    private static func option(_ name: String) -> (kind: Kind, upstream: [String])? {
        switch name {
        case "temperature", "top_p", "min_p", "typical_p", "presence_penalty", "frequency_penalty", "mirostat_tau", "mirostat_eta":
            (.float, [name])
        // llama.cpp and LM Studio know the first name, vLLM and SGLang the second.
        case "repeat_penalty": (.float, [name, "repetition_penalty"])
        case "top_k", "seed", "repeat_last_n", "mirostat": (.integer, [name])
        case "num_keep": (.integer, ["n_keep"])
        case "num_predict": (.integer, ["max_tokens"])
        case "stop": (.strings, [name])
        // What a running engine cannot change is checked and left out.
        case "num_ctx", "num_batch", "num_gpu", "main_gpu", "num_thread": (.integer, [])
        case "tfs_z": (.float, [])
        case "numa", "low_vram", "f16_kv", "logits_all", "vocab_only", "use_mmap", "use_mlock", "embedding_only", "penalize_newline":
            (.boolean, [])
        default: nil
        }
    }

    /// The members to add to a request. Unknown options are ignored, as Ollama ignores them.
    static func translate(_ options: JSONObject) throws(DialectError) -> [JSONObject.Member] {
        var translated: [JSONObject.Member] = []
        for member in options.members where !member.value.isNull {
            guard let (kind, names) = option(member.key) else { continue }
            let value = try checked(member, kind)
            // No positive number means "no limit", and an absent field says the same to every engine.
            if member.key == "num_predict", let limit = value.int, limit <= 0 { continue }
            translated += names.map { JSONObject.Member($0, value) }
        }
        return translated
    }

    private static func checked(_ member: JSONObject.Member, _ kind: Kind) throws(DialectError) -> JSON {
        switch kind {
        case .integer: if let number = member.value.int { return .int(number) }
        case .float: if member.value.double != nil { return member.value }
        case .boolean: if member.value.bool != nil { return member.value }
        case .strings:
            if let elements = member.value.array {
                guard elements.allSatisfy({ $0.string != nil }) else {
                    throw .invalid("option \"\(member.key)\" must be of an array of strings")
                }
                return member.value
            }
        }
        throw .invalid("option \"\(member.key)\" must be of type \(kind.inWords)")
    }
}
