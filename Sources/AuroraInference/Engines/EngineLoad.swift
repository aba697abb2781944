import AuroraDialects
import NIOCore

/// What an engine tells of its load and its limits, whoever sent the work; nil where it does not tell.
struct EngineLoad: Sendable, Equatable {
    var software: EngineSoftware?
    var version: String?
    /// Requests it runs at once.
    var slots: Int?
    var running: Int?
    var waiting: Int?
    /// Share of the key-value cache in use, 0 to 1.
    var cacheUsage: Double?
    var contextLength: Int?

    /// This one, and what only the other one knows.
    func filled(from other: EngineLoad) -> EngineLoad {
        EngineLoad(
            software: software ?? other.software, version: version ?? other.version, slots: slots ?? other.slots,
            running: running ?? other.running, waiting: waiting ?? other.waiting, cacheUsage: cacheUsage ?? other.cacheUsage,
            contextLength: contextLength ?? other.contextLength)
    }
}

extension EngineLoad {
    /// The most slots that are believed; a larger number is a mistake of the sender.
    private static let slotLimit = 65_536

    /// llama.cpp's `/props`. Other programs have a page of that name too; only `total_slots` tells that it is this one.
    init?(props bytes: ByteBuffer) {
        guard let props = try? EngineProps(bytes), let slots = props.slots, (1...Self.slotLimit).contains(slots) else { return nil }
        self.init(software: .llamaCpp, version: props.build, slots: slots, contextLength: props.contextLength)
    }

    /// llama.cpp's `/slots`: one entry a slot, `is_processing` in it, or `state` (0 idle) in versions before October 2024.
    init?(slots bytes: ByteBuffer) {
        guard let slots = (try? JSON(parsing: bytes))?.array, (1...Self.slotLimit).contains(slots.count) else { return nil }
        let busy = slots.map { slot in slot["is_processing"]?.bool ?? slot["state"]?.int.map { $0 != 0 } }
        guard !busy.contains(nil) else { return nil }
        self.init(software: .llamaCpp, slots: slots.count, running: busy.filter { $0 == true }.count)
    }

    /// The Prometheus page of vLLM, SGLang or llama.cpp; nil for one of another program.
    init?(metrics bytes: ByteBuffer) {
        let page = PrometheusText(bytes, names: Self.metricNames)
        for (software, names) in Self.metrics {
            guard let running = page.sum(names.running) else { continue }
            self.init(
                software: software, running: running, waiting: page.sum(names.waiting),
                cacheUsage: names.cache.lazy.compactMap { page.largest($0) }.first.map { min(max($0, 0), 1) })
            return
        }
        return nil
    }

    private struct MetricNames {
        let running: String
        let waiting: String
        /// Newest name first.
        let cache: [String]
    }

    private static let metrics: [(EngineSoftware, MetricNames)] = [
        (
            .vllm,
            MetricNames(
                running: "vllm:num_requests_running", waiting: "vllm:num_requests_waiting",
                cache: ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"])
        ),
        (
            .sglang,
            MetricNames(running: "sglang:num_running_reqs", waiting: "sglang:num_queue_reqs", cache: ["sglang:token_usage"])
        ),
        (
            .llamaCpp,
            MetricNames(
                running: "llamacpp:requests_processing", waiting: "llamacpp:requests_deferred", cache: ["llamacpp:kv_cache_usage_ratio"])
        ),
    ]

    private static let metricNames = Set(metrics.flatMap { [$0.1.running, $0.1.waiting] + $0.1.cache })
}
