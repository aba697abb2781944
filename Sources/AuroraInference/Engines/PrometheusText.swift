import NIOCore

/// Reads a few gauges out of a Prometheus text page (format 0.0.4) and passes over everything else, right or wrong.
struct PrometheusText {
    private var values: [String: [Double]] = [:]

    init(_ bytes: ByteBuffer, names: Set<String>) {
        for line in bytes.readableBytesView.split(separator: UInt8(ascii: "\n")) {
            guard let (name, value) = Self.sample(line), names.contains(name) else { continue }
            values[name, default: []].append(value)
        }
    }

    /// All series of a name together, as a count; nil when there is none.
    func sum(_ name: String) -> Int? {
        guard let all = values[name] else { return nil }
        return Int(exactly: min(max(all.reduce(0, +), 0), 1e9).rounded())
    }

    /// The largest of the series of a name; nil when there is none.
    func largest(_ name: String) -> Double? { values[name]?.max() }

    /// `name{labels} value [time]`. Values of labels may hold anything, so the last brace ends them.
    private static func sample(_ line: ByteBufferView.SubSequence) -> (String, Double)? {
        guard let first = line.first, first != UInt8(ascii: "#") else { return nil }
        let nameEnd = line.firstIndex { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } ?? line.endIndex
        var rest = line[nameEnd...]
        if rest.first == UInt8(ascii: "{") {
            guard let brace = rest.lastIndex(of: UInt8(ascii: "}")) else { return nil }
            rest = rest[rest.index(after: brace)...]
        }
        let word = rest.split(whereSeparator: { $0 <= 0x20 }).first
        guard let word, let value = Double(String(decoding: word, as: UTF8.self)), value.isFinite else { return nil }
        return (String(decoding: line[..<nameEnd], as: UTF8.self), value)
    }
}
