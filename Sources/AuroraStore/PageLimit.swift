import AuroraModel

/// How many rows a caller may ask for at once.
enum PageLimit {
    static let maximum = 1_000

    /// The limit to work with: at most `maximum`, since a page says where to go on.
    static func checked(_ limit: Int) throws -> Int {
        guard limit > 0 else {
            throw AuroraError(.invalid, "the limit of a page is '\(limit)'", hint: "use 1 to \(maximum)")
        }
        return min(limit, maximum)
    }
}

extension Page {
    /// A page from rows that were read one beyond `limit`, to know whether there are more.
    static func cut(_ items: [Element], to limit: Int, next: (Element) throws -> String) rethrows -> Page {
        let kept = Array(items.prefix(limit))
        return Page(items: kept, next: items.count > limit ? try kept.last.map(next) : nil)
    }
}
