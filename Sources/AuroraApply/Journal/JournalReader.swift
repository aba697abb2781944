import AuroraModel

/// Reads a journal's bytes. Whatever they are, the answer is a state or what is wrong with them.
enum JournalReader {
    struct Reading: Sendable {
        /// Nil when not even the header was written: then nothing was done.
        var state: ApplyState?
        /// Bytes that hold whole lines; what follows was cut off while it was written.
        var wholeBytes: Int
    }

    enum Flaw: Error, Equatable {
        /// A line in the middle is not what a journal holds.
        case damaged(line: Int)
        /// Written by a newer aurora.
        case version(Int)
    }

    /// A last line without its end was never acknowledged, so what it says has not happened yet.
    static func read(_ bytes: [UInt8]) throws(Flaw) -> Reading {
        var state: ApplyState?
        var place = bytes.startIndex
        var number = 0
        while let end = bytes[place...].firstIndex(of: UInt8(ascii: "\n")) {
            number += 1
            let entry = try entry(bytes[place..<end], number: number)
            state = try joined(state, entry, number: number)
            place = end + 1
        }
        return Reading(state: state, wholeBytes: place)
    }

    private static func entry(_ line: ArraySlice<UInt8>, number: Int) throws(Flaw) -> JournalEntry {
        if let entry: JournalEntry = StableJSON.value(from: line) { return entry }
        if number == 1, let head: Head = StableJSON.value(from: line), head.header._0.version != JournalEntry.Header.version {
            throw .version(head.header._0.version)
        }
        throw .damaged(line: number)
    }

    private static func joined(_ state: ApplyState?, _ entry: JournalEntry, number: Int) throws(Flaw) -> ApplyState {
        guard var state else {
            guard case .header(let header) = entry else { throw .damaged(line: number) }
            guard header.version == JournalEntry.Header.version else { throw .version(header.version) }
            return ApplyState(header)
        }
        guard state.add(entry) else { throw .damaged(line: number) }
        return state
    }

    /// The place of the version in the form that Swift gives to an enum's case.
    private struct Head: Decodable {
        struct Header: Decodable { let version: Int }
        struct Box: Decodable { let _0: Header }
        let header: Box
    }
}
