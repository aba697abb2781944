import AuroraModel
import Foundation
import Testing

@testable import AuroraConfig

/// Broken compose files: each ends in services or in findings, never in a crash.
@Suite struct HostileComposeTests {
    @Test(arguments: ComposeFileTests.cases) func mutantsOfComposeFilesNeverCrash(_ sample: ComposeFileTests.Case) throws {
        let scratch = try Scratch()
        let original = try sample.files.map { try repositoryFile("\(sample.folder)/\($0)") }
        var mutator = TextMutator(seed: UInt64(sample.name.utf8.count) &* 7919)
        for round in 0..<30 {
            for (name, text) in zip(sample.files, original) { try scratch.write(name, mutator.mutant(of: text)) }
            let load = ComposeFile.read(paths: sample.files, folder: scratch.path, environment: [:])
            #expect(load.services.isEmpty || !load.hasErrors, "round \(round)")
            #expect(load.findings.allSatisfy { !$0.reason.isEmpty && !$0.fix.isEmpty && !$0.reason.contains("\n") }, "round \(round)")
        }
    }

    @Test func filesThatIncludeThemselvesEnd() throws {
        let scratch = try Scratch()
        try scratch.write("docker-compose.yml", "include: [ docker-compose.yml, docker-compose.yml ]\nservices: { a: { image: x } }\n")
        #expect(ComposeFile.read(paths: ["docker-compose.yml"], folder: scratch.path, environment: [:]).hasErrors)
    }

    @Test func filesThatExtendThemselvesEnd() throws {
        let scratch = try Scratch()
        try scratch.write("c.yml", "services: { a: { image: x, extends: { file: c.yml, service: a } } }\n")
        #expect(ComposeFile.read(paths: ["c.yml"], folder: scratch.path, environment: [:]).hasErrors)
    }

    @Test(arguments: ["", "[]", "services", "services: []", "services: { a: }", "include: 5", "\u{0}"])
    func whatIsNoComposeFileIsToldOrEmpty(text: String) throws {
        let scratch = try Scratch()
        try scratch.write("c.yml", text)
        #expect(ComposeFile.read(paths: ["c.yml"], folder: scratch.path, environment: [:]).services.isEmpty)
    }

    @Test func aMissingFileIsNamed() throws {
        let load = ComposeFile.read(paths: ["none.yml"], folder: "/nowhere", environment: [:])
        #expect(load.findings.map(\.reason) == ["there is no such file"] && load.findings.first?.file == "none.yml")
    }
}

/// Breaks texts in ways that repeat for the same seed.
struct TextMutator {
    private var state: UInt64
    private let alphabet = Array("{}[]:,-?&*#|>!%@`'\"\\\n\t \u{0}<<~$aé0./".utf8)

    init(seed: UInt64) { state = seed | 1 }

    mutating func mutant(of text: String) -> Data {
        var bytes = Array(text.utf8)
        for _ in 0..<(1 + next(6)) where !bytes.isEmpty {
            let place = next(bytes.count)
            switch next(4) {
            case 0: bytes[place] = alphabet[next(alphabet.count)]
            case 1: bytes.insert(alphabet[next(alphabet.count)], at: place)
            case 2: bytes.removeSubrange(place..<min(bytes.count, place + 1 + next(20)))
            default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + next(40))], at: next(bytes.count))
            }
        }
        return Data(bytes)
    }

    /// SplitMix64 (Steele, Lea, Flood 2014).
    private mutating func next(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((z ^ (z >> 31)) % UInt64(max(1, limit)))
    }
}
