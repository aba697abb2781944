import AuroraMonitoring
import CoreMetrics
import Foundation
import Testing

@Suite struct PrometheusMetricsTests {
    let metrics = PrometheusMetrics()

    @Test func counterOfTheTableShowsHelpTypeAndLabelsInOrder() {
        let dimensions = [("worker", "ollama"), ("route", "/v1/chat/completions"), ("code", "200")]
        Counter(label: "aurora_gateway_requests_total", dimensions: dimensions, factory: metrics).increment(by: 3)
        #expect(
            metrics.render().hasPrefix(
                """
                # HELP aurora_gateway_requests_total Requests answered by the gateway.
                # TYPE aurora_gateway_requests_total counter
                aurora_gateway_requests_total{code="200",route="/v1/chat/completions",worker="ollama"} 3

                """))
    }

    @Test func handlesOfTheSameLabelsShareOneSeries() {
        Counter(label: "hits", dimensions: [("a", "1"), ("b", "2")], factory: metrics).increment()
        FloatingPointCounter(label: "hits", dimensions: [("b", "2"), ("a", "1")], factory: metrics).increment(by: 0.5)
        #expect(lines(of: "hits_total") == [#"hits_total{a="1",b="2"} 1.5"#])
    }

    @Test func timerIsAHistogramInSecondsAndABoundIncludesItsValue() {
        let timer = Timer(label: "gen_ai.server.request.duration", factory: metrics)
        timer.recordMilliseconds(20)
        timer.recordSeconds(100)
        timer.recordNanoseconds(-5)
        let shown = lines(of: "gen_ai_server_request_duration_seconds")
        #expect(shown.first == #"gen_ai_server_request_duration_seconds_bucket{le="0.01"} 1"#)
        #expect(shown.contains(#"gen_ai_server_request_duration_seconds_bucket{le="0.02"} 2"#))
        #expect(shown.contains(#"gen_ai_server_request_duration_seconds_bucket{le="81.92"} 2"#))
        #expect(shown.contains(#"gen_ai_server_request_duration_seconds_bucket{le="+Inf"} 3"#))
        #expect(
            shown.suffix(2) == ["gen_ai_server_request_duration_seconds_sum 100.02", "gen_ai_server_request_duration_seconds_count 3"])
    }

    @Test func tokensHaveBucketsByFactorsOfFour() {
        Recorder(label: "gen_ai.client.token.usage", dimensions: [("gen_ai.token.type", "output")], factory: metrics).record(64)
        let shown = lines(of: "gen_ai_client_token_usage")
        #expect(shown.contains(#"gen_ai_client_token_usage_bucket{gen_ai_token_type="output",le="16"} 0"#))
        #expect(shown.contains(#"gen_ai_client_token_usage_bucket{gen_ai_token_type="output",le="64"} 1"#))
        #expect(shown.contains(#"gen_ai_client_token_usage_bucket{gen_ai_token_type="output",le="67108864"} 1"#))
        #expect(shown.contains(#"gen_ai_client_token_usage_sum{gen_ai_token_type="output"} 64"#))
    }

    @Test func metersAndGaugesKeepTheLastValue() {
        let meter = Meter(label: "aurora_gateway_in_flight", dimensions: [("worker", "a")], factory: metrics)
        meter.increment()
        meter.increment(by: 2)
        meter.decrement()
        Gauge(label: "room.temperature", factory: metrics).record(-3.25)
        #expect(lines(of: "aurora_gateway_in_flight") == [#"aurora_gateway_in_flight{worker="a"} 2"#])
        #expect(lines(of: "room_temperature") == ["room_temperature -3.25"])
    }

    @Test func valuesThatAreNoNumberOrGoBackwardsSpoilNothing() {
        let counter = CounterProbe(metrics: metrics)
        counter.step(-4)
        counter.step(.nan)
        counter.step(.infinity)
        counter.step(2)
        let recorder = Recorder(label: "size", factory: metrics)
        recorder.record(Double.nan)
        recorder.record(-Double.infinity)
        recorder.record(7)
        #expect(lines(of: "probe_total") == ["probe_total 2"])
        #expect(lines(of: "size").suffix(2) == ["size_sum 7", "size_count 1"])
    }

    @Test func destroyedSeriesIsGoneAndAnotherCanTakeItsPlace() {
        let up = Meter(label: "aurora_engine_up", dimensions: [("engine", "pod")], factory: metrics)
        up.set(1)
        up.destroy()
        #expect(lines(of: "aurora_engine_up") == [])
        #expect(!metrics.render().contains("aurora_engine_up"))
        Meter(label: "aurora_engine_up", dimensions: [("engine", "pod")], factory: metrics).set(0)
        up.destroy()
        #expect(lines(of: "aurora_engine_up") == [#"aurora_engine_up{engine="pod"} 0"#])
    }

    @Test func resetStartsACounterAgain() {
        let counter = Counter(label: "again", factory: metrics)
        counter.increment(by: 9)
        counter.reset()
        counter.increment()
        #expect(lines(of: "again_total") == ["again_total 1"])
    }

    @Test func buildAndProcessAreAlwaysShown() throws {
        let text = metrics.render()
        #expect(text.contains(#"aurora_build_info{arch="#))
        for name in ["process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds", "process_start_time_seconds"] {
            let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("\(name) ") })
            #expect(try #require(Double(line.dropFirst(name.count + 1))) > 0)
        }
        let start = try #require(text.split(separator: "\n").first { $0.hasPrefix("process_start_time_seconds ") })
        let age = Date.now.timeIntervalSince1970 - (try #require(Double(start.dropFirst("process_start_time_seconds ".count))))
        #expect(age > -2 && age < 3600)
    }

    private func lines(of name: String) -> [String] { metrics.samples(of: name) }
}

/// swift-metrics filters some values itself, so this one speaks to the handler.
private struct CounterProbe {
    let handler: any FloatingPointCounterHandler

    init(metrics: PrometheusMetrics) { handler = metrics.makeFloatingPointCounter(label: "probe", dimensions: []) }

    func step(_ amount: Double) { handler.increment(by: amount) }
}

extension PrometheusMetrics {
    /// Sample lines of one metric, its histogram lines included, in the order shown.
    func samples(of name: String) -> [String] {
        let starts = ["", "_bucket", "_sum", "_count"].flatMap { ["\(name)\($0) ", "\(name)\($0){"] }
        return render().split(separator: "\n").map(String.init).filter { line in starts.contains { line.hasPrefix($0) } }
    }
}
