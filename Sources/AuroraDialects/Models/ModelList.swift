public import AuroraModel
public import NIOCore

import struct Foundation.Date

/// Reads what engines say about their models.
public enum ModelList {
    /// From `/api/tags`, and from `/api/ps` when that was answered too; without it nobody knows what is loaded.
    public static func ollama(tags: ByteBuffer, ps: ByteBuffer? = nil) throws(JSONError) -> [EngineModel] {
        let listed = try entries(tags, under: "models")
        let running = try ps.map { (ps) throws(JSONError) in try entries(ps, under: "models") }
        return listed.compactMap { entry in
            guard let name = name(of: entry) else { return nil }
            let key = ModelName(name).key
            let now = running?.first { Self.name(of: $0).map { ModelName($0).key } == key }
            return ollamaModel(name, entry, running: now, loaded: running.map { _ in now != nil })
        }
    }

    /// From `/v1/models`, and from llama.cpp's `/props` when that was answered too.
    public static func openAI(models: ByteBuffer, props: EngineProps? = nil) throws(JSONError) -> [EngineModel] {
        let document = try JSON(parsing: models)
        let entries = try entries(document, under: "data")
        let described = document["models"]?.array ?? []
        return entries.compactMap { entry in
            guard let id = entry["id"]?.string, !id.isEmpty else { return nil }
            let description = described.first { $0["model"]?.string == id || $0["name"]?.string == id }
            return openAIModel(id, entry, description: description, props: entries.count == 1 ? props : nil)
        }
    }

    /// A model of another node's engine, from what that node told of it; nil when its entry is not JSON.
    public static func model(_ told: ModelReport, kind: EngineKind) -> EngineModel? {
        guard let listed = (try? JSON(parsing: ByteBuffer(string: told.listed)))?.object else { return nil }
        let running = told.running.flatMap { (try? JSON(parsing: ByteBuffer(string: $0)))?.object }
        switch kind {
        case .ollama: return ollamaModel(told.name, listed, running: running, loaded: told.loaded)
        case .openai:
            var model = openAIModel(told.name, listed, description: nil, props: nil)
            model.loaded = told.loaded
            return model
        }
    }

    /// What other nodes are told of a model.
    public static func report(_ model: EngineModel) -> ModelReport {
        ModelReport(
            name: model.name, loaded: model.loaded, listed: JSON.object(model.listed).text,
            running: model.running.map { JSON.object($0).text })
    }

    /// One list out of those of many engines: each model once, loaded when it is loaded anywhere. The order stays.
    public static func merged(_ lists: [[EngineModel]]) -> [EngineModel] {
        var merged: [EngineModel] = []
        var places: [String: Int] = [:]
        for model in lists.joined() {
            guard let place = places[model.key] else {
                places[model.key] = merged.count
                merged.append(model)
                continue
            }
            if merged[place].loaded != true, let loaded = model.loaded, loaded || merged[place].loaded == nil {
                merged[place].loaded = loaded
                merged[place].running = model.running
                merged[place].vramBytes = model.vramBytes
            }
        }
        return merged
    }
}

// MARK: - entries

extension ModelList {
    private static func entries(_ bytes: ByteBuffer, under key: String) throws(JSONError) -> [JSONObject] {
        try entries(JSON(parsing: bytes), under: key)
    }

    private static func entries(_ document: JSON, under key: String) throws(JSONError) -> [JSONObject] {
        guard let object = document.object else { throw JSONError(.notAnObject, at: 0) }
        // Ollama's Go code writes an empty list as null in some versions.
        guard let list = object[key], !list.isNull else { return [] }
        guard let array = list.array else { throw JSONError(.wrongType(field: key, expected: "an array"), at: 0) }
        return array.compactMap(\.object)
    }

    private static func name(of entry: JSONObject) -> String? {
        let name = entry["model"]?.string ?? entry["name"]?.string
        return name?.isEmpty == false ? name : nil
    }

    private static func ollamaModel(_ name: String, _ entry: JSONObject, running: JSONObject?, loaded: Bool?) -> EngineModel {
        EngineModel(
            name: name, kind: .ollama, loaded: loaded, sizeBytes: entry["size"]?.int, vramBytes: running?["size_vram"]?.int,
            digest: entry["digest"]?.string ?? "", modifiedAt: entry["modified_at"]?.string.flatMap(RFC3339.date),
            contextLength: running?["context_length"]?.int ?? entry["details"]?["context_length"]?.int,
            capabilities: entry["capabilities"]?.array?.compactMap(\.string), details: ModelDetails(entry["details"]), listed: entry,
            running: running)
    }

    private static func openAIModel(_ id: String, _ entry: JSONObject, description: JSON?, props: EngineProps?) -> EngineModel {
        let meta = entry["meta"]
        var details = ModelDetails(description?["details"])
        if details.parameterSize.isEmpty, let count = meta?["n_params"]?.double { details.parameterSize = inWords(count) }
        if details.quantization.isEmpty { details.quantization = meta?["ftype"]?.string ?? "" }
        if details.format.isEmpty, id.lowercased().hasSuffix(".gguf") { details.format = "gguf" }
        return EngineModel(
            name: id, kind: .openai, loaded: loaded(entry), sizeBytes: meta?["size"]?.int,
            modifiedAt: entry["created"]?.double.flatMap { (1..<253_402_300_800).contains($0) ? Date(timeIntervalSince1970: $0) : nil },
            contextLength: meta?["n_ctx"]?.int ?? entry["max_model_len"]?.int ?? props?.contextLength ?? meta?["n_ctx_train"]?.int,
            capabilities: capabilities(description, props), details: details, listed: entry)
    }

    /// llama.cpp's router tells per model; a server of one model has it in memory as soon as it answers; others do not tell.
    private static func loaded(_ entry: JSONObject) -> Bool? {
        if let status = entry["status"]?["value"]?.string { return status == "loaded" }
        if let state = entry["state"]?.string { return state == "loaded" }
        return ["llamacpp", "vllm", "sglang"].contains(entry["owned_by"]?.string ?? "") ? true : nil
    }

    private static func capabilities(_ description: JSON?, _ props: EngineProps?) -> [String]? {
        guard var known = description?["capabilities"]?.array?.compactMap(\.string) else { return props?.vision == true ? ["vision"] : nil }
        if known.contains("multimodal") { known = known.filter { $0 != "multimodal" } + ["vision"] }
        if props?.vision == true, !known.contains("vision") { known.append("vision") }
        return known
    }

    /// A count of parameters as Ollama writes it: `134.52M`, `7.6B`.
    static func inWords(_ count: Double) -> String {
        guard count.isFinite, count >= 0, count < 1e15 else { return "" }
        let units: [(Double, String)] = [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")]
        guard let (size, unit) = units.first(where: { count >= $0.0 }) else { return String(Int(count)) }
        let digits = unit == "M" ? 100.0 : 10.0
        let text = String((count / size * digits).rounded() / digits)
        return (text.hasSuffix(".0") ? String(text.dropLast(2)) : text) + unit
    }
}
