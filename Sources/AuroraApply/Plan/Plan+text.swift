import Foundation

extension Plan {
    /// For people: a head line, then for each step what it does, what it touches, how long, and how it is taken back.
    public var text: String {
        let head = "plan \(id): \(Words.count(steps.count, "step")), about \(Words.seconds(seconds)), for node '\(node)' of mesh '\(mesh)'"
        let body = steps.enumerated().map { index, step in Self.text(step, number: index + 1) }
        return ([head] + body + notes.map { "note: \($0)" }).joined(separator: "\n")
    }

    private static func text(_ step: Step, number: Int) -> String {
        var lines = ["\(number). \(step.does)"]
        if let touched = step.touches.words { lines.append("   touches \(touched)") }
        lines.append("   takes about \(Words.seconds(step.seconds)); undo: \(step.undo)")
        return lines.joined(separator: "\n")
    }
}

extension Touches {
    /// `file /a; port 6379; container aurora-redis`; nil when it touches nothing.
    var words: String? {
        let parts = [
            Words.list("file", files), Words.list("port", ports.map(\.description)), Words.list("process", processes, plural: "processes"),
            Words.list("container", containers), Words.list("unit", units),
        ]
        let said = parts.compactMap(\.self)
        return said.isEmpty ? nil : said.joined(separator: "; ")
    }
}

/// Small words of sentences.
enum Words {
    static func count(_ count: Int, _ noun: String, plural: String? = nil) -> String {
        "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
    }

    static func list(_ noun: String, _ names: [String], plural: String? = nil) -> String? {
        guard !names.isEmpty else { return nil }
        return "\(names.count == 1 ? noun : plural ?? noun + "s") \(names.joined(separator: ", "))"
    }

    /// Whole seconds, and `1 s` for less.
    static func seconds(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 1e9 else { return "very long" }
        return "\(Int(max(1, seconds.rounded(.up)))) s"
    }
}
