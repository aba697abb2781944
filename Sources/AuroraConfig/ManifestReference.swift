/// Every option of the manifest as a Markdown table, made from the same list that reads the manifest.
public enum ManifestReference {
    public static let markdown = table(ManifestSchema.root.fields.map { $0.reference(.defaults(host: "node")) })

    private static func table(_ options: [OptionReference]) -> String {
        let head = "| option | type | default | meaning |\n|---|---|---|---|\n"
        return head + options.flatMap { rows($0, under: "") }.joined()
    }

    private static func rows(_ option: OptionReference, under path: String) -> [String] {
        let name = path + option.key
        let standard = option.options.isEmpty || option.standard == "{}" || option.standard == "[]" ? "`\(option.standard)`" : ""
        let inside = option.type == "list" ? "\(name)[]." : option.type.hasSuffix("mapping") ? "\(name)." : "\(name).NAME."
        return ["| `\(name)` | \(option.type) | \(standard) | \(option.summary) |\n"] + option.options.flatMap { rows($0, under: inside) }
    }
}
