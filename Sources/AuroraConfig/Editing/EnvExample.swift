/// The `.env.example` beside a manifest: the names of its variables, with nothing behind them.
public enum EnvExample {
    private static let head = """
        # Copy to .env (chmod 600 .env) and fill in. Keep .env out of version control.
        # NAME=value; values with blanks or '#' in quotes; single quotes keep '$' as it is.

        """

    /// The text with every name in it; nil when there is nothing to write.
    /// - Parameter old: what stands there; nil: there is no such file.
    public static func merged(_ old: String?, with uses: [UsedVariables.Use]) -> String? {
        let known = Set((old ?? "").split(whereSeparator: \.isNewline).compactMap(name))
        let missing = uses.filter { !known.contains($0.name) }
        guard !missing.isEmpty else { return nil }
        let start = old ?? head
        let gap = start.isEmpty || start.utf8.last == UInt8(ascii: "\n") ? "" : "\n"
        return start + gap + missing.map { "# Used by \($0.place)\n\($0.name)=\n" }.joined()
    }

    /// The name that a line gives a value to, also where it is commented out.
    private static func name(on line: Substring) -> String? {
        let bare = line.drop { $0 == " " || $0 == "\t" || $0 == "#" }
        let words = bare.hasPrefix("export ") ? bare.dropFirst(7).drop { $0 == " " } : bare
        guard let equals = words.firstIndex(of: "=") else { return nil }
        let name = words[..<equals].filter { $0 != " " && $0 != "\t" }
        return name.utf8.first?.startsName == true && name.utf8.allSatisfy(\.continuesName) ? String(name) : nil
    }
}
