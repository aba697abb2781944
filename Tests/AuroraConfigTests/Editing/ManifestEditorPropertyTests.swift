import AuroraConfig
import AuroraModel
import Testing

/// Any sequence of looks at a machine that changes keeps every byte of a person, and a manifest that loads.
@Suite struct ManifestEditorPropertyTests {
    /// Manifests as different people write them; `{entries}` is where `keep:` has some of their own.
    private static let styles = [
        "", "# empty\n", "mesh: a", "mesh: a\r\n# c\r\nkeep:\r\n  mine: { kind: other }\r\n\r\nlisten: [ 127.0.0.1 ]\r\n",
        Samples.design.replacing("${DB_USER}@${DB_PRIMARY_HOST}:${DB_PRIMARY_PORT}", with: "db.example.com"), ManifestTemplate.text,
        "  mesh: a\n  keep:\n       mine:\n          kind: other\n          note: 'two\n             lines'\n  ports: {gateway: 1, chat: 2, console: 3}",
        "x-one: &one { kind: other }\nkeep:\n  <<: { far: *one }\n  mine: *one   # alias\n  \"quo-ted\": &q {kind: other, note: \"#\"}\n\n\n# end",
        "keep:\n  mine: { kind: other,\n    note: \"a: b # c\" }\n  text:\n    kind: other\n    note: |\n      # no comment\n      keep:\n# after\n...\n",
        "---\nkeep: {}\n# x\nmesh: a\n", "keep: ~ # nothing\n", "listen:\n- 127.0.0.1\nkeep:\n  # nothing yet\n\n\norigins: []",
        "\u{FEFF}keep:\n  mine: { kind: other }\n\u{85}\n# next\nmesh: a\n",
    ]

    @Test(arguments: 0..<39)
    func everyHandMadeByteStaysAndTheResultLoads(_ seed: Int) throws {
        var random = Seeded(UInt64(seed))
        let original = Self.styles[seed % Self.styles.count]
        var text = original
        var names: [String] = []
        for round in 0..<8 {
            let load = try load(text)
            let known = try #require(load.manifest, "\(load.findings)\n\(text)").keep.map(\.name)
            #expect(names.allSatisfy(known.contains))
            let fresh = (0..<Int.random(in: 0...3, using: &random)).map { self.candidate("found-\(round)-\($0)", round, &random) }
            let shuffled = known.shuffled(using: &random)
            let cut = Int.random(in: 0...known.count, using: &random)
            let edit = ManifestEdit(
                added: fresh, gone: Array(shuffled[..<cut]), present: Array(shuffled[cut...]), date: "2026-11-\(10 + round)")
            let next = try edited(text, edit)
            #expect(try edited(next, ManifestEdit(gone: edit.gone, present: edit.present, date: "2027-01-01")) == next)
            names += fresh.map(\.name)
            text = next
        }
        let last = try edited(text, ManifestEdit(present: try #require(try load(text).manifest).keep.map(\.name), date: ""))
        #expect(last.isMade(from: original), "\(original)\n→\n\(last)")
        #expect(!last.contains("gone since"))
    }

    private func candidate(_ name: String, _ round: Int, _ random: inout Seeded) -> KeptCandidate {
        let port = 10_000 + round * 10 + Int.random(in: 0...9, using: &random)
        return KeptCandidate(
            name: name, kind: [.http, .redis, .process].randomElement(using: &random) ?? .http,
            unit: Bool.random(using: &random) ? "u@\(port).service" : nil, ports: [port], config: ["/etc/a b/\(port): #.conf"],
            found: ["", "pid 1", "# }: \"x\n"].randomElement(using: &random) ?? ""
        )
        .withURL(port)
    }
}

extension KeptCandidate {
    fileprivate func withURL(_ port: Int) -> KeptCandidate {
        var copy = self
        copy.url =
            switch kind {
            case .http: "http://127.0.0.1:\(port)"
            case .redis: "redis://127.0.0.1:\(port)"
            default: nil
            }
        return copy
    }
}

extension String {
    /// Whether every line of `original` is in it, in the same order; an empty `keep` may have lost its `{}` or `~`.
    fileprivate func isMade(from original: String) -> Bool {
        let emptied = original.replacing("keep: {}", with: "keep:").replacing("keep: ~ #", with: "keep:  #")
        var rest = utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
        return emptied.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).allSatisfy { line in
            guard let place = rest.firstIndex(where: { $0.elementsEqual(line) }) else { return false }
            rest = rest[(place + 1)...]
            return true
        }
    }
}

/// The same numbers in every run.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
