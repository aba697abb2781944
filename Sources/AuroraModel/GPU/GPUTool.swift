/// A program of a driver that tells about GPUs: what to run, and how to read what it says.
public struct GPUTool: Sendable {
    public let name: String
    public let arguments: [String]
    /// Folders besides those of `PATH` in which drivers put it.
    public let folders: [String]
    /// Whether its answer never changes while the machine runs.
    public let asksOnce: Bool
    /// How long it may take.
    public let limit: Duration
    public let read: @Sendable (String) -> [GPUReport]

    public init(
        name: String, arguments: [String], folders: [String], asksOnce: Bool = false, limit: Duration,
        read: @escaping @Sendable (String) -> [GPUReport]
    ) {
        self.name = name
        self.arguments = arguments
        self.folders = folders
        self.asksOnce = asksOnce
        self.limit = limit
        self.read = read
    }

    /// The tools of this platform; the first one that tells of GPUs is as good as any other.
    public static let all: [GPUTool] = [nvidia, amd] + platform

    public static let nvidia = GPUTool(
        name: "nvidia-smi", arguments: ["--query-gpu=\(NvidiaText.columns)", "--format=csv,noheader,nounits"],
        folders: ["/usr/bin", "/usr/local/bin", "/usr/local/nvidia/bin", "/usr/lib/wsl/lib"], limit: .seconds(3), read: NvidiaText.gpus)

    public static let amd = GPUTool(
        name: "rocm-smi", arguments: ["--showmeminfo", "vram", "--showuse", "--showtemp", "--showproductname", "--json"],
        folders: ["/opt/rocm/bin", "/usr/bin"], limit: .seconds(3), read: ROCmText.gpus)
}

#if !os(macOS)
extension GPUTool {
    static let platform: [GPUTool] = []
}
#endif
