import AuroraLive
import AuroraModel
import Metrics
import ServiceLifecycle

/// Puts what the GPUs' drivers tell into the node's metrics.
struct GPUMetrics: Service {
    let gpus: LatestValue<[GPUReport]>

    func run() async throws {
        for await reports in gpus.changes().cancelOnGracefulShutdown() {
            for (number, gpu) in reports.enumerated() { record(gpu, number) }
        }
    }

    /// What a driver does not tell has no series.
    private func record(_ gpu: GPUReport, _ number: Int) {
        let labels = [("gpu", String(number)), ("name", gpu.name)]
        let values: [(String, Double?)] = [
            ("aurora_gpu_memory_bytes", gpu.memoryBytes.map(Double.init)),
            ("aurora_gpu_memory_used_bytes", gpu.memoryUsedBytes.map(Double.init)),
            ("aurora_gpu_utilisation_ratio", gpu.utilisationPercent.map { $0 / 100 }),
            ("aurora_gpu_temperature_celsius", gpu.temperatureCelsius),
        ]
        for case (let label, let value?) in values { Gauge(label: label, dimensions: labels).record(value) }
    }
}
