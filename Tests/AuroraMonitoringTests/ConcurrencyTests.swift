import AuroraMonitoring
import CoreMetrics
import Foundation
import Testing

@Suite struct ConcurrencyTests {
    private static let threads = 8
    private static let steps = 20_000

    @Test func valuesAreExactUnderEightThreadsWhileSomebodyScrapes() {
        let metrics = PrometheusMetrics()
        let done = DispatchGroup()
        for _ in 0..<Self.threads {
            done.enter()
            Thread {
                Self.work(on: metrics)
                done.leave()
            }.start()
        }
        while done.wait(timeout: .now()) == .timedOut { _ = metrics.render() }
        let all = Self.threads * Self.steps
        #expect(metrics.samples(of: "whole_total") == ["whole_total \(all)"])
        #expect(metrics.samples(of: "part_total") == ["part_total \(all / 2)"])
        #expect(metrics.samples(of: "balance") == ["balance 0"])
        #expect(metrics.samples(of: "size").last == "size_count \(all)")
        #expect(metrics.samples(of: "size").contains("size_sum \(3 * all)"))
        #expect(metrics.samples(of: "size").contains(#"size_bucket{le="4"} \#(all)"#))
    }

    private static func work(on metrics: PrometheusMetrics) {
        let whole = Counter(label: "whole", factory: metrics)
        let part = FloatingPointCounter(label: "part", factory: metrics)
        let balance = Meter(label: "balance", factory: metrics)
        let size = Recorder(label: "size", factory: metrics)
        for _ in 0..<steps {
            whole.increment()
            part.increment(by: 0.5)
            balance.increment()
            balance.decrement()
            size.record(3)
        }
    }
}
