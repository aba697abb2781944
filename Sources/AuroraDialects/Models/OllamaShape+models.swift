import AuroraModel
public import NIOCore

import struct Foundation.Date

extension OllamaShape {
    /// `/api/version`.
    public static func version(_ version: String) -> ByteBuffer {
        JSON.object(["version": .string(version)]).bytes
    }

    /// `/api/tags`.
    public static func tags(_ models: [EngineModel]) -> ByteBuffer {
        JSON.object(["models": .array(models.map { .object(tag($0)) })]).bytes
    }

    /// `/api/ps`: the loaded ones of these, those that stay longest first, as Ollama sorts them.
    public static func ps(_ models: [EngineModel]) -> ByteBuffer {
        let entries = models.filter { $0.loaded == true }.map(running)
        let sorted = entries.enumerated().sorted { left, right in
            let (a, b) = (left.element.until, right.element.until)
            return a == b ? left.offset < right.offset : a > b
        }
        return JSON.object(["models": .array(sorted.map { .object($0.element.entry) })]).bytes
    }

    /// `/api/show` for a model of an OpenAI-compatible engine: what is known, and nothing made up. An Ollama engine
    /// answers for itself.
    public static func show(_ model: EngineModel, props: EngineProps? = nil) -> ByteBuffer {
        var show: JSONObject = ["license": "", "modelfile": "", "parameters": ""]
        show.append("template", .string(props?.chatTemplate ?? ""))
        show.append("details", model.details.json)
        show.append("model_info", .object(info(model)))
        show.append("capabilities", model.capabilities.map { .array($0.map(JSON.string)) })
        show.append("modified_at", modified(model))
        return JSON.object(show).bytes
    }

    private static func tag(_ model: EngineModel) -> JSONObject {
        guard model.kind == .openai else {
            var entry = model.listed
            for (key, value) in [("name", JSON.string(model.name)), ("model", .string(model.name))] where entry[key] == nil {
                entry.append(key, value)
            }
            return entry
        }
        var entry: JSONObject = ["name": .string(model.name), "model": .string(model.name)]
        entry.append("modified_at", modified(model))
        entry.append("size", .int(model.sizeBytes ?? 0))
        entry.append("digest", .string(model.digest))
        entry.append("details", model.details.json)
        entry.append("capabilities", model.capabilities.map { .array($0.map(JSON.string)) })
        return entry
    }

    private static func running(_ model: EngineModel) -> (entry: JSONObject, until: Double) {
        if let running = model.running {
            let until = running["expires_at"]?.string.flatMap(RFC3339.date)?.timeIntervalSince1970
            return (running, until ?? 0)
        }
        var entry: JSONObject = ["name": .string(model.name), "model": .string(model.name)]
        entry.append("size", .int(model.sizeBytes ?? 0))
        entry.append("digest", .string(model.digest))
        entry.append("details", model.details.json)
        entry.append("expires_at", .string(RFC3339.never))
        entry.append("size_vram", .int(model.vramBytes ?? 0))
        entry.append("context_length", .int(model.contextLength ?? 0))
        return (entry, .infinity)
    }

    private static func modified(_ model: EngineModel) -> JSON {
        .string(model.modifiedAt.map(RFC3339.text) ?? RFC3339.zero)
    }

    /// The keys of Ollama's `model_info`, as far as `/v1/models` tells them.
    private static func info(_ model: EngineModel) -> JSONObject {
        let meta = model.listed["meta"]
        var info: JSONObject = [:]
        info.append("general.parameter_count", meta?["n_params"])
        info.append("general.file_type", meta?["ftype"])
        info.append("general.context_length", model.contextLength.map { .int($0) })
        info.append("general.embedding_length", meta?["n_embd"])
        info.append("tokenizer.ggml.vocab_size", meta?["n_vocab"])
        return info
    }
}
