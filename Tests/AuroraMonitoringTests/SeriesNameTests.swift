import CoreMetrics
import Testing

@testable import AuroraMonitoring

@Suite struct SeriesNameTests {
    @Test(arguments: [
        ("gen_ai.server.request.duration", "gen_ai_server_request_duration"), ("9lives", "_9lives"), ("", "_"), ("größe", "gr__e"),
        ("a:b-c d", "a_b_c_d"), ("👩‍🚀", "___"), ("a\nb", "a_b"),
    ])
    func namesKeepToTheAlphabetOfPrometheus(label: String, name: String) {
        #expect(SeriesName.sanitized(label) == name)
    }

    @Test func valuesEscapeBackslashQuoteAndLineFeed() {
        #expect(SeriesName.labels([("v", "a\\b\"c\nd")]) == #"v="a\\b\"c\nd""#)
    }

    @Test func freeTextIsCut() {
        let text = SeriesName.labels([("v", String(repeating: "x", count: 10_000))])
        #expect(text == "v=\"" + String(repeating: "x", count: 200) + "\"")
    }

    @Test func labelsThatClashOrBelongToPrometheusAreRenamed() {
        #expect(SeriesName.labels([("a.b", "1"), ("a_b", "2")]) == #"a_b="2""#)
        #expect(SeriesName.labels([("le", "1")]) == #"exported_le="1""#)
        #expect(SeriesName.labels([("__name__", "1")]) == #"exported_name__="1""#)
        #expect(SeriesName.labels([("empty", "")]) == "")
    }

    @Test(arguments: [
        (0.01, "0.01"), (81.92, "81.92"), (67_108_864, "67108864"), (-3, "-3"), (0, "0"), (Double.infinity, "+Inf"),
        (-Double.infinity, "-Inf"), (Double.nan, "NaN"), (1e300, "1e+300"),
    ])
    func numbersAreWrittenAsPrometheusReadsThem(value: Double, text: String) {
        #expect(NumberText.of(value) == text)
    }

    @Test func unitsAndTotalsAreAddedOnlyWhereMissing() {
        #expect(MetricDescription("a.b", .histogram, unit: "seconds", help: "").name == "a_b_seconds")
        #expect(MetricDescription("b_seconds", .histogram, unit: "seconds", help: "").name == "b_seconds")
        #expect(MetricDescription("c.bytes", .counter, help: "").name == "c_bytes_total")
        #expect(MetricDescription("d_total", .counter, help: "").name == "d_total")
    }
}
