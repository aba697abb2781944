/// Reads `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`: a line for each GPU, memory in MiB.
///
/// What a GPU cannot tell stands there as `[N/A]`, `[Not Supported]`, `[Unknown Error]` or `N/A`: a GPU cut into instances (MIG) has no
/// utilisation, one that shares the machine's memory has no memory of its own. Lines that are no GPU, such as warnings, are passed over.
public enum NvidiaText {
    public static let columns = "index,name,memory.total,memory.used,utilization.gpu,temperature.gpu"
    private static let mebibyte = 1_048_576.0

    public static func gpus(_ text: String) -> [GPUReport] { text.split(whereSeparator: \.isNewline).compactMap(gpu) }

    private static func gpu(_ line: Substring) -> GPUReport? {
        let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(GPUNumber.trimmed)
        // A name with commas in it would come as several fields; the last four and the first are in their place all the same.
        guard fields.count >= 6, let index = Int(fields[0]), (0..<1024).contains(index) else { return nil }
        let name = fields[1..<(fields.count - 4)].joined(separator: ", ")
        guard !name.isEmpty, GPUNumber.isKnown(name) else { return nil }
        let numbers = fields.suffix(4).map(GPUNumber.of)
        return GPUReport(
            name: name, vendor: "nvidia", memoryBytes: numbers[0].flatMap { GPUNumber.bytes($0 * mebibyte) },
            memoryUsedBytes: numbers[1].flatMap { GPUNumber.bytes($0 * mebibyte) },
            utilisationPercent: numbers[2].flatMap(GPUNumber.percent),
            temperatureCelsius: numbers[3].flatMap(GPUNumber.celsius))
    }
}

/// Numbers as drivers' tools write them.
enum GPUNumber {
    static func trimmed(_ text: some StringProtocol) -> String {
        let front = text.drop { $0.isWhitespace }
        return String(front.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// Whether the tool had something to say.
    static func isKnown(_ text: String) -> Bool {
        !text.hasPrefix("[") && !["N/A", "n/a", "Unknown", ""].contains(text)
    }

    /// Nil for everything that is no plain decimal number.
    static func of(_ text: String) -> Double? {
        guard isKnown(text), text.allSatisfy({ "0123456789.-".contains($0) }), let number = Double(text), number.isFinite else {
            return nil
        }
        return number
    }

    /// From nothing to a pebibyte: more is an error of the tool.
    static func bytes(_ number: Double) -> Int64? { (0...1.2e15).contains(number) ? Int64(number) : nil }
    static func percent(_ number: Double) -> Double? { (0...100).contains(number) ? number : nil }
    static func celsius(_ number: Double) -> Double? { (-50...200).contains(number) ? number : nil }
}
