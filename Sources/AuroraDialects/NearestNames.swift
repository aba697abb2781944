/// Finds what somebody who mistyped a model's name may have meant.
public enum NearestNames {
    private static let lengthLimit = 128

    /// The names that look most like `wanted`, best first; none when nothing does.
    public static func of(_ wanted: String, in names: [String], limit: Int = 3) -> [String] {
        let wantedCore = core(wanted)
        guard !wantedCore.isEmpty else { return [] }
        let scored = names.compactMap { name in score(wantedCore, core(name)).map { (name, $0) } }
        return scored.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 < $1.1 }.prefix(limit).map(\.0)
    }

    /// Lower is nearer; nil is too far. One being the start of the other counts as near.
    private static func score(_ wanted: [UInt8], _ name: [UInt8]) -> Int? {
        if name.starts(with: wanted) || wanted.starts(with: name) { return abs(wanted.count - name.count) / 4 }
        let distance = editDistance(wanted, name)
        return distance <= max(2, wanted.count / 3) ? distance : nil
    }

    /// What names of one family share: lower case, no folder, no `:latest`, no `.gguf`.
    private static func core(_ name: String) -> [UInt8] {
        var core = Substring(name.prefix(lengthLimit).lowercased())
        core = core.split(separator: "/").last ?? core
        for ending in [":latest", ".gguf"] where core.hasSuffix(ending) { core = core.dropLast(ending.count) }
        return Array(core.utf8.prefix(lengthLimit))
    }

    private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (line, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in right.enumerated() {
                let change = diagonal + (byte == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(change, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
