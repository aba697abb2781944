extension String {
    /// The text as SQLite can carry it: GRDB binds and reads C strings, which end at the first U+0000.
    var storable: String {
        guard utf8.contains(0) else { return self }
        // By scalars: a combining mark after U+0000 would hide it from a search by characters.
        return String(String.UnicodeScalarView(unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : $0 }))
    }
}
