import Foundation

/// What goes on, on standard error: one line that changes on a terminal, else a line for each new stage.
struct ProgressLine {
    private static let barWidth = 24

    private let isTerminal: Bool
    private let write: (String) -> Void
    private var stage = ""
    private var width = 0

    init(isTerminal: Bool = isatty(STDERR_FILENO) == 1, write: @escaping (String) -> Void = Self.standardError) {
        self.isTerminal = isTerminal
        self.write = write
    }

    /// - Parameters:
    ///   - stage: what is being done; what others wrote is kept to its line.
    ///   - part: 0 to 1, where it is known.
    mutating func show(_ stage: String, part: Double? = nil, amount: String? = nil) {
        let stage = Terminal.oneLine(stage)
        guard isTerminal else {
            if stage != self.stage { write(stage + "\n") }
            self.stage = stage
            return
        }
        let line = [part.map(Self.bar), part.map(Amount.percent), amount, stage].compactMap { $0 }.joined(separator: "  ")
        write("\r" + line + String(repeating: " ", count: max(0, width - line.count)))
        width = line.count
    }

    /// Takes the line away, so that the next output starts where it stood.
    mutating func clear() {
        if isTerminal, width > 0 { write("\r" + String(repeating: " ", count: width) + "\r") }
        width = 0
    }

    static func bar(_ part: Double) -> String {
        let full = part.isFinite ? Int((min(max(part, 0), 1) * Double(barWidth)).rounded(.down)) : 0
        return String(repeating: "█", count: full) + String(repeating: "░", count: barWidth - full)
    }

    private static func standardError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
