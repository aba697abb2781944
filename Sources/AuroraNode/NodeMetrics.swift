public import AuroraMonitoring
import Metrics

/// The metrics of this process.
public enum NodeMetrics {
    /// Makes them the place where every counter of the process counts. Call it once, before anything counts.
    public static func bootstrap() -> PrometheusMetrics {
        let metrics = PrometheusMetrics()
        MetricsSystem.bootstrap(metrics)
        return metrics
    }
}
