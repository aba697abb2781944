import AuroraLive
import AuroraModel
import Foundation
import Testing

@testable import AuroraApply

@Suite struct JournalTests {
    @Test func aLastLineThatIsCutOffAtAnyByteHasNotHappened() async throws {
        try await withTown { town in
            let bytes = try await journal(town)
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)
            let before = try #require(try JournalReader.read(Array(lines.dropLast().joined(separator: [UInt8(ascii: "\n")])) + [10]).state)
            let last = try #require(lines.last).count
            for cut in 1...(last + 1) {
                let reading = try JournalReader.read(Array(bytes.dropLast(cut)))
                #expect(reading.state == before)
                #expect(reading.wholeBytes == bytes.count - last - 1)
            }
        }
    }

    @Test func whatFollowsATornLineStandsOnALineOfItsOwn() async throws {
        try await withTown { town in
            let before = try town.digest()
            let bytes = try await journal(town)
            let path = try journalPath(town)
            for cut in [1, 2, 40, 200] {
                try Data(bytes.dropLast(cut)).write(to: URL(fileURLWithPath: path))
                _ = try await town.resume()
                #expect(try town.log().last?.phase == .finished)
            }
            _ = try await town.undo()
            #expect(try town.digest() == before)
        }
    }

    @Test func aTornHeaderMeansThatNothingWasDone() throws {
        #expect(try JournalReader.read(Array("{\"header\":{\"_0\":{\"id\":\"00".utf8)).state == nil)
        #expect(try JournalReader.read([]).state == nil)
    }

    @Test func aDamagedLineIsNamedAndStopsEverything() async throws {
        try await withTown { town in
            var bytes = try await journal(town)
            let path = try journalPath(town)
            let second = try #require(bytes.firstIndex(of: 10)) + 3
            bytes[second] = 0
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            do {
                _ = try await town.undo()
                Issue.record("it was taken back")
            } catch let error as AuroraError {
                #expect(error.message == "the journal '\(path)' is damaged in line 2")
            }
            #expect(History(try town.log()).flaws.count == 1)
        }
    }

    @Test func aJournalOfANewerAuroraIsLeftAlone() async throws {
        try await withTown { town in
            let text = String(decoding: try await journal(town), as: UTF8.self)
            let newer = text.replacingOccurrences(of: "\"plan\":", with: "\"version\":7,\"plans\":", range: text.range(of: "\"plan\":"))
            let head = newer.replacingOccurrences(of: "},\"version\":1}}", with: "}}}")
            #expect(throws: JournalReader.Flaw.version(7)) { try JournalReader.read(Array(head.utf8)) }
        }
    }

    @Test func garbageNeverTraps() async throws {
        try await withTown { town in
            let bytes = try await journal(town)
            var random = SeededRandom(seed: 42)
            for _ in 0..<600 {
                _ = try? JournalReader.read(Garbage.changed(bytes, &random))
                _ = try? JournalReader.read(Garbage.shuffledLines(bytes, &random))
            }
        }
    }

    private func journal(_ town: Town) async throws -> [UInt8] {
        _ = try await town.apply(town.desired())
        return try town.disk.read(journalPath(town), limit: ApplyLimits.journal)
    }

    private func journalPath(_ town: Town) throws -> String {
        let folder = town.state + "/journal"
        return folder + "/" + (try #require(try town.disk.list(folder).last))
    }
}

/// Numbers that are the same in every run.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64, Steele and others 2014.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

enum Garbage {
    /// A few bytes changed, taken out or put in.
    static func changed(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...5, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &random)
            case 1: bytes.remove(at: place)
            default: bytes.insert(UInt8.random(in: .min ... .max, using: &random), at: place)
            }
        }
        return bytes
    }

    /// Whole lines, some missing, in any order.
    static func shuffledLines(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        let lines = bytes.split(separator: 10).shuffled(using: &random)
        let some = lines.prefix(Int.random(in: 0...lines.count, using: &random))
        let head = bytes.split(separator: 10).prefix(1)
        return (head + some).flatMap { Array($0) + [10] }
    }
}
