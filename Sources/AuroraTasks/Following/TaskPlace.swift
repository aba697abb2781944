/// How far a follower has read: which attempt, and how many bytes of its text. Travels as the `id` of events.
struct TaskPlace: Sendable, Equatable {
    /// The `id` of the last event of all.
    static let end = "end"

    var attempt = 0
    var bytes = 0

    var text: String { "\(attempt).\(bytes)" }

    init(attempt: Int = 0, bytes: Int = 0) {
        self.attempt = attempt
        self.bytes = bytes
    }

    /// Nil for what was never an id of ours.
    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let attempt = Int(parts[0]), let bytes = Int(parts[1]), attempt >= 0, bytes >= 0 else { return nil }
        self.init(attempt: attempt, bytes: bytes)
    }
}

extension String {
    /// What follows the first `bytes` bytes, begun at a whole character; all of it when there are not so many.
    func after(bytes: Int) -> Substring {
        guard bytes > 0, bytes <= utf8.count else { return bytes <= 0 ? self[...] : self[endIndex...] }
        var place = utf8.index(utf8.startIndex, offsetBy: bytes)
        while place.samePosition(in: unicodeScalars) == nil, place > utf8.startIndex { place = utf8.index(before: place) }
        return self[place...]
    }
}
