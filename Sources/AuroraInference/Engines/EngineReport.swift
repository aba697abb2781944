import AuroraDialects

/// What an engine says about itself.
struct EngineReport: Sendable {
    var models: [EngineModel]
    var version: String?
    var software: EngineSoftware
    /// Requests it runs at once; nil when it does not tell. Ollama does not.
    var slots: Int?
    /// Requests it runs now, whoever sent them; nil when it does not tell.
    var running: Int?
    /// Requests that wait inside it.
    var waiting: Int?
    /// Share of its key-value cache in use, 0 to 1.
    var cacheUsage: Double?

    init(models: [EngineModel], version: String?, software: EngineSoftware, load: EngineLoad = EngineLoad()) {
        self.models = models
        self.version = load.version ?? version
        self.software = load.software ?? software
        (slots, running, waiting, cacheUsage) = (load.slots, load.running, load.waiting, load.cacheUsage)
    }

    /// Bytes that the loaded models take, and how many of them lie in a GPU; less there than in all means that a part runs on the CPU.
    var memory: (bytes: Int, gpuBytes: Int) {
        let loaded = models.filter { $0.loaded == true }
        let bytes = loaded.map { $0.running?["size"]?.int ?? $0.sizeBytes ?? 0 }
        return (bytes.reduce(0, Self.added), loaded.map { $0.vramBytes ?? 0 }.reduce(0, Self.added))
    }

    private static func added(_ sum: Int, _ next: Int) -> Int {
        let (result, overflow) = sum.addingReportingOverflow(max(next, 0))
        return overflow ? .max : result
    }
}
