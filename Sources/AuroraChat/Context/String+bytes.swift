extension String {
    /// The place `offset` UTF-8 bytes from the start, moved back to the start of the character it falls into; at most the end.
    func scalarAligned(_ offset: Int) -> String.Index {
        guard let index = utf8.index(startIndex, offsetBy: Swift.max(0, offset), limitedBy: endIndex) else { return endIndex }
        var aligned = index
        while aligned > startIndex, aligned < endIndex, utf8[aligned] & 0b1100_0000 == 0b1000_0000 {
            aligned = utf8.index(before: aligned)
        }
        return aligned
    }

    /// Keeps the start and the end and says in between how much is missing; at most `limit` bytes plus that note.
    func cutInMiddle(toBytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let half = Swift.max(0, limit) / 2
        let head = self[..<scalarAligned(half)]
        let tail = self[scalarAligned(utf8.count - half)...]
        let missing = utf8.count - head.utf8.count - tail.utf8.count
        return "\(head)\n[… \(missing) bytes left out …]\n\(tail)"
    }

    /// A user's value as an error shows it: whole when short, else its start.
    var shortened: String {
        let limit = 60
        return utf8.count <= limit ? self : self[..<scalarAligned(limit)] + "…"
    }
}
