import AuroraModel
import Yams

/// One YAML file as a tree with line numbers, or what keeps it from being one.
///
/// Scalars stay text: no YAML 1.1 guessing (`off`, `1:30`, `0o17`), the option's own type reads them.
struct YAMLDocument {
    /// Nil for an empty file, and when `findings` say that the file is no YAML.
    private(set) var root: Node?
    private(set) var findings: [Finding] = []
    /// Second and later copies of a key, renamed so that the rest of the file can be read; the reader passes them over.
    private(set) var repeatedKeys: Set<String> = []

    /// More values than any real mesh needs; fewer than what would keep a processor busy.
    private static let valueLimit = 100_000
    /// Rounds of finding repeated keys; each reads the file again, so large files get fewer.
    private static func rounds(for text: String) -> Int { max(4, min(100, (2 << 20) / (text.utf8.count + 1))) }

    init(_ text: String, file: String) {
        if let finding = YAMLGuard.finding(in: text, file: file) {
            findings = [finding]
            return
        }
        compose(text, file: file)
        guard let root, let line = root.line(beyond: Self.valueLimit) else { return }
        self.root = nil
        findings = [
            Finding(
                file: file, line: line, reason: "the file holds more than \(Self.valueLimit) values, aliases written out",
                fix: "check that it is the right file, and use fewer '*name' aliases")
        ]
    }

    private mutating func compose(_ original: String, file: String) {
        var text = original
        for _ in 0..<Self.rounds(for: text) {
            do {
                root = try Yams.compose(yaml: text, .basic)
                return
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                guard let name = names.first, let repair = RepeatedKeys.repair(text, key: name, first: context.mark) else {
                    findings.append(Self.repeated(names.first ?? "", file: file, line: context.mark.line, first: nil))
                    return
                }
                text = repair.text
                repeatedKeys.formUnion(repair.renamed)
                findings += repair.lines.map { Self.repeated(name, file: file, line: $0, first: context.mark.line) }
            } catch {
                findings.append(YAMLSyntax.finding(for: error, in: text, file: file))
                return
            }
        }
    }

    private static func repeated(_ name: String, file: String, line: Int, first: Int?) -> Finding {
        let place = first.map { ", first on line \($0)" } ?? ""
        return Finding(
            file: file, line: line, reason: "the key '\(name.clipped)' is written more than once in one mapping\(place)",
            fix: "keep one of them, or give the others other names")
    }
}

extension Node {
    /// The line of the value with which the tree, aliases written out, has more than `limit` values; nil if it has fewer.
    func line(beyond limit: Int) -> Int? {
        var waiting = [self]
        var seen = 0
        while let node = waiting.popLast() {
            seen += 1
            if seen + waiting.count > limit { return max(1, node.mark?.line ?? 1) }
            switch node {
            case .mapping(let mapping): for (key, value) in mapping { waiting += [value, key] }
            case .sequence(let sequence): waiting += sequence
            case .scalar, .alias: break
            }
        }
        return nil
    }
}

extension String {
    /// The user's own text as it may stand in a finding: on one line, and not endless.
    var clipped: String {
        let line = unicodeScalars.prefix(61).map { $0.properties.generalCategory == .control ? " " : String($0) }
        return line.count > 60 ? line.prefix(60).joined() + "…" : line.joined()
    }
}
