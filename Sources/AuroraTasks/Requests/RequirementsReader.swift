import AuroraDialects
import AuroraModel

/// Reads `requirements`.
enum RequirementsReader {
    private static let known = ["model", "node", "worker", "min_vram", "gpu"]
    private static let units: [(String, Int64)] = [("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20)]

    static func read(_ object: JSONObject) -> (TaskRequirements, [TaskFinding]) {
        var fields = TaskFields(object, prefix: "requirements.")
        fields.refuseUnknown(known: known)
        let requirements = TaskRequirements(
            model: fields.text("model"), node: fields.text("node", limit: 63), worker: fields.text("worker", limit: 127),
            gpuMemoryBytes: memory(&fields), gpu: fields.flag("gpu"))
        if requirements.gpu == false, requirements.gpuMemoryBytes != nil {
            fields.report("gpu", "is false beside 'min_vram'", fix: "leave one of them out")
        }
        return (requirements, fields.findings)
    }

    /// A number of gigabytes, or a text with its unit.
    private static func memory(_ fields: inout TaskFields) -> Int64? {
        guard let value = fields["min_vram"] else { return nil }
        if let gigabytes = value.double, gigabytes > 0, gigabytes <= 100_000 { return Int64(gigabytes * Double(1 << 30)) }
        if let text = value.string?.uppercased(), let unit = units.first(where: { text.hasSuffix($0.0) }),
            let number = Int64(text.dropLast(2).filter { $0 != " " }), number > 0
        {
            let (bytes, overflows) = number.multipliedReportingOverflow(by: unit.1)
            if !overflows { return bytes }
        }
        fields.report("min_vram", "is \(value.shown)", fix: "use a size such as \"24GB\", or a number of gigabytes")
        return nil
    }
}
