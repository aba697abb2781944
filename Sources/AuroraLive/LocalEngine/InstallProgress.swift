/// How far the installation is: a part from 0 to 1, and a sentence.
struct InstallProgress: Sendable, Equatable {
    let fraction: Double
    let sentence: String
}

/// Turns what pip prints, and how much it has written, into progress.
struct StepProgress: Sendable, Equatable {
    private let step: InstallStep
    private let before: Int64
    private let total: Int64
    private var expected: Int64
    private var phase = Phase.preparing

    private enum Phase { case preparing, downloading, unpacking }

    /// - Parameter all: every step of the installation, `step` among them.
    init(_ step: InstallStep, of all: [InstallStep]) {
        self.step = step
        before = all.prefix { $0 != step }.reduce(0) { $0 + $1.weight }
        total = max(1, all.reduce(0) { $0 + $1.weight })
        expected = step.weight
    }

    /// Takes in one line of pip's output.
    mutating func read(_ line: String) {
        if line.contains("Downloading ") {
            phase = .downloading
            expected = Self.size(in: line) ?? expected
        } else if line.hasPrefix("Installing collected packages") {
            phase = .unpacking
        }
    }

    /// The progress once `written` bytes of this step are on disk.
    func now(written: Int64) -> InstallProgress {
        let part =
            switch phase {
            case .preparing: 0.0
            case .downloading: min(0.9, Double(max(0, written)) / Double(max(1, expected)))
            case .unpacking: 0.95
            }
        let done = Double(before) + part * Double(step.weight)
        return InstallProgress(fraction: min(1, done / Double(total)), sentence: sentence(written: written))
    }

    private func sentence(written: Int64) -> String {
        guard case .package(let package) = step else { return "creating a Python environment" }
        switch phase {
        case .preparing: return "looking for \(package.requirement)"
        case .downloading: return "downloading \(package.name): \(min(written, expected) / 1_000_000) of \(expected / 1_000_000) MB"
        case .unpacking: return "unpacking \(package.name)"
        }
    }

    /// The size in `Downloading x.whl (33.8 MB)`, in bytes.
    static func size(in line: String) -> Int64? {
        guard let open = line.lastIndex(of: "("), let close = line.lastIndex(of: ")"), open < close else { return nil }
        let words = line[line.index(after: open)..<close].split(separator: " ")
        guard words.count == 2, let number = Double(words[0]), number >= 0, number < 1_000_000 else { return nil }
        switch words[1] {
        case "kB": return Int64(number * 1_000)
        case "MB": return Int64(number * 1_000_000)
        case "GB": return Int64(number * 1_000_000_000)
        default: return nil
        }
    }
}
