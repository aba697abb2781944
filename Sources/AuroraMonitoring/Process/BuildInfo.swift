import AuroraModel

/// `aurora_build_info`: always 1, the facts are in its labels.
enum BuildInfo {
    static func write(into out: inout TextFormat) {
        out.family("aurora_build_info", .gauge, help: "The build that runs; always 1.")
        let labels = SeriesName.labels([("version", AuroraVersion.current), ("os", os), ("arch", arch)])
        out.sample("aurora_build_info", labels: labels, 1.0)
    }

    #if os(Linux)
    private static let os = "linux"
    #elseif os(macOS)
    private static let os = "macos"
    #else
    private static let os = "other"
    #endif

    #if arch(x86_64)
    private static let arch = "x86_64"
    #elseif arch(arm64)
    private static let arch = "arm64"
    #else
    private static let arch = "other"
    #endif
}
