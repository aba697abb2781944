/// The form of a name: it becomes a file name, a metric label and a host name, so it stays plain.
public enum NodeNames {
    public static let expected = "a name of 1 to 63 characters: a-z, 0-9, '-' and '_', starting with a letter or digit"

    public static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, name.utf8.count <= 63, isAlphanumeric(first) else { return false }
        return name.utf8.allSatisfy(isAllowed)
    }

    /// The first label of a host name as a node name: `Vengeance.local` becomes `vengeance`.
    public static func fromHost(_ host: String) -> String {
        let label = host.lowercased().prefix { $0 != "." }.utf8
        let kept = label.map { isAllowed($0) ? $0 : UInt8(ascii: "-") }.drop { !isAlphanumeric($0) }.prefix(63)
        return kept.isEmpty ? "node" : String(decoding: kept, as: UTF8.self)
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
