import AuroraMonitoring
import CoreMetrics
import Testing

@Suite struct SeriesLimitTests {
    @Test func seriesBeyondTheLimitAreCountedAndIgnored() {
        let metrics = PrometheusMetrics()
        for number in 0..<1010 { Counter(label: "hits", dimensions: [("who", "\(number)")], factory: metrics).increment() }
        #expect(metrics.samples(of: "hits_total").count == 1000)
        #expect(metrics.samples(of: "aurora_metrics_dropped_series_total") == ["aurora_metrics_dropped_series_total 10"])
    }

    @Test func knownSeriesStillCountsWhenTheMetricIsFull() {
        let metrics = PrometheusMetrics(seriesLimit: 2)
        for who in ["a", "b", "c", "a"] { Counter(label: "hits", dimensions: [("who", who)], factory: metrics).increment() }
        #expect(metrics.samples(of: "hits_total") == [#"hits_total{who="a"} 2"#, #"hits_total{who="b"} 1"#])
    }

    @Test func destroyingASeriesMakesRoom() {
        let metrics = PrometheusMetrics(seriesLimit: 1)
        let first = Counter(label: "hits", dimensions: [("who", "a")], factory: metrics)
        first.destroy()
        Counter(label: "hits", dimensions: [("who", "b")], factory: metrics).increment()
        #expect(metrics.samples(of: "hits_total") == [#"hits_total{who="b"} 1"#])
    }

    @Test func metricsBeyondTheLimitAreCountedAndIgnored() {
        let metrics = PrometheusMetrics(seriesLimit: 2)
        for label in ["a", "b", "c"] { Counter(label: label, factory: metrics).increment() }
        #expect(metrics.samples(of: "c_total") == [])
        #expect(metrics.samples(of: "aurora_metrics_dropped_series_total") == ["aurora_metrics_dropped_series_total 1"])
    }

    @Test func oneNameNeverHasTwoTypes() {
        let metrics = PrometheusMetrics()
        Meter(label: "depth", factory: metrics).set(4)
        Recorder(label: "depth", factory: metrics).record(9)
        Counter(label: "aurora_engine_up", dimensions: [("engine", "x")], factory: metrics).increment()
        #expect(metrics.samples(of: "depth") == ["depth 4"])
        #expect(metrics.samples(of: "aurora_engine_up") == [])
        #expect(metrics.samples(of: "aurora_metrics_dropped_series_total") == ["aurora_metrics_dropped_series_total 2"])
    }
}
