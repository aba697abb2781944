/// `keep_alive` of Ollama's wire: how long a model stays loaded after a request.
///
/// A number counts seconds, a string is a Go duration (`5m`, `1h30m`), anything negative means for ever, zero unloads.
public enum KeepAlive: Sendable, Equatable {
    case unload
    /// Stays for a time or for ever; how long is the engine's business.
    case stay

    /// Nil for `null` or nothing; throws for a value that Ollama refuses too.
    public init?(_ value: JSON?) throws(DialectError) {
        switch value {
        case nil, .null: return nil
        case .number(let text):
            guard let seconds = Double(text) else { throw Self.refused(text) }
            self = seconds == 0 ? .unload : .stay
        case .string(let text):
            guard Self.isDuration(text) else { throw Self.refused("\"\(text)\"") }
            self = text.utf8.contains { (UInt8(ascii: "1")...UInt8(ascii: "9")).contains($0) } ? .stay : .unload
        case let other?:
            throw Self.refused(other.kindInWords)
        }
    }

    /// The same for the raw text that a `RequestScan` keeps.
    public init?(raw: String?) throws(DialectError) {
        guard let raw else { return nil }
        let value: JSON
        do { value = try JSON(parsing: raw) } catch { throw .invalidBody(error) }
        try self.init(value)
    }

    private static func refused(_ shown: String) -> DialectError {
        .invalid("keep_alive is \(shown); use seconds (300), a duration (\"5m\", \"1h30m\"), -1 for ever or 0 to unload")
    }

    /// `0`, or a sign and then one or more numbers with a unit each.
    private static func isDuration(_ text: String) -> Bool {
        var rest = Substring(text)
        if let sign = rest.first, sign == "-" || sign == "+" { rest.removeFirst() }
        if rest == "0" { return true }
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            let number = rest.prefix { $0 == "." || ("0"..."9").contains($0) }
            guard number.contains(where: { $0 != "." }), number.filter({ $0 == "." }).count <= 1 else { return false }
            rest.removeFirst(number.count)
            guard let unit = ["ns", "us", "µs", "μs", "ms", "h", "m", "s"].first(where: { rest.hasPrefix($0) }) else { return false }
            rest.removeFirst(unit.count)
        }
        return true
    }
}
