import AuroraConfig
import AuroraModel
import Foundation
import Testing

/// A thousand broken manifests: each ends in a manifest or in findings with lines that exist.
@Suite struct HostileManifestTests {
    @Test func aThousandMalformedManifestsNeverCrash() throws {
        let scratch = try Scratch()
        try scratch.write(".env", Samples.wholeEnv)
        var mutator = Mutator(seed: 20_240_607)
        for round in 0..<1000 {
            let bytes = mutator.mutant(round)
            try scratch.write("aurora.yml", bytes)
            let load = ManifestLoader.load(path: "aurora.yml", folder: scratch.path, environment: [:], host: "aurora")
            let faults = faults(of: load, bytes)
            #expect(faults == [], "round \(round)")
        }
    }

    @Test func malformedEnvironmentsNeverCrash() throws {
        let scratch = try Scratch()
        try scratch.write("aurora.yml", Samples.whole)
        let original = Samples.wholeEnv + "A=\"x $B\" # c\nexport C='d\\'e'\nF=${G:-${H:?i}}\n"
        var mutator = Mutator(seed: 7, original: original, alphabet: "='\"\\$ {}:-?#\nAexport\r\u{FEFF}")
        for round in 0..<500 {
            try scratch.write(".env", mutator.mutant(round))
            let load = ManifestLoader.load(path: "aurora.yml", folder: scratch.path, environment: [:], host: "aurora")
            #expect((load.manifest == nil) == load.findings.contains { $0.severity == .error }, "round \(round)")
        }
    }

    /// What is wrong with the outcome itself: it should be a manifest, or findings at lines that exist, without secrets.
    private func faults(of load: ManifestLoad, _ bytes: Data) -> [String] {
        var shown = load.findings.map(\.description)
        let lines = String(decoding: bytes, as: UTF8.self).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
        var faults = load.findings.filter { finding in
            let isOutside = finding.file == "aurora.yml" && finding.line.map { $0 < 1 || $0 > lines } == true
            return isOutside || finding.reason.isEmpty || finding.fix.isEmpty || finding.reason.contains("\n")
        }.map(\.description)
        if (load.manifest == nil) != load.findings.contains(where: { $0.severity == .error }) {
            faults.append("neither manifest nor error")
        }
        if let manifest = load.manifest { shown += [ManifestRenderer.yaml(manifest), ManifestRenderer.json(manifest)] }
        return faults + Samples.secrets.filter { secret in shown.contains { $0.contains(secret) } }
    }
}

/// Breaks a text in ways that repeat for the same seed.
private struct Mutator {
    private var state: UInt64
    private let original: [UInt8]
    private let alphabet: [UInt8]

    init(seed: UInt64, original: String = Samples.whole, alphabet: String = "{}[]:,-?&*#|>!%@`'\"\\\n\t \u{0}\u{85}<<~$aé0.") {
        state = seed
        self.original = Array(original.utf8)
        self.alphabet = Array(alphabet.utf8)
    }

    mutating func mutant(_ round: Int) -> Data {
        switch round % 5 {
        case 0: return Data(original.prefix(below(original.count)))
        case 1: return flipped()
        case 2: return swapped()
        case 3: return Data((0..<below(400)).map { _ in alphabet[below(alphabet.count)] })
        default: return spliced()
        }
    }

    /// Single bytes replaced by others, some of them no UTF-8.
    private mutating func flipped() -> Data {
        var bytes = original
        for _ in 0...below(6) { bytes[below(bytes.count)] = UInt8(below(256)) }
        return Data(bytes)
    }

    /// Values replaced by values of other types.
    private mutating func swapped() -> Data {
        let values = [
            "[]", "{}", "~", "[ [ a ] ]", "{ a: { b: c } }", "-1", "1e99", "\"\"", "true", "| x", "*a", "&a b", "!!int x",
            "99999999999999999999", "\"${X}\"", "$", "é",
        ]
        var lines = String(decoding: original, as: UTF8.self).components(separatedBy: "\n")
        for _ in 0...below(3) {
            let index = below(lines.count)
            let key = lines[index].prefix { $0 != ":" }
            lines[index] = "\(key): \(values[below(values.count)])"
        }
        return Data(lines.joined(separator: "\n").utf8)
    }

    /// Pieces copied to other places, with signs of YAML between them.
    private mutating func spliced() -> Data {
        var bytes = original
        for _ in 0...below(4) {
            let start = below(bytes.count)
            let piece = bytes[start..<min(bytes.count, start + below(60))]
            bytes.insert(contentsOf: Array(piece) + [alphabet[below(alphabet.count)]], at: below(bytes.count))
        }
        return Data(bytes)
    }

    private mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(1, limit)))
    }
}
