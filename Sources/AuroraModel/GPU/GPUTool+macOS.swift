#if os(macOS)
extension GPUTool {
    /// It takes seconds and its answer stays the same, so it is asked once.
    static let platform: [GPUTool] = [
        GPUTool(
            name: "system_profiler", arguments: ["SPDisplaysDataType", "-json"], folders: ["/usr/sbin"], asksOnce: true,
            limit: .seconds(20),
            read: AppleText.gpus)
    ]
}
#endif
