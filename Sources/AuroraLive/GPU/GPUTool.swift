import AuroraModel
import Foundation

/// A program of a driver that tells about GPUs: what to run, and how to read what it says.
struct GPUTool: Sendable {
    let name: String
    let arguments: [String]
    /// Folders besides those of `PATH` in which drivers put it.
    let folders: [String]
    /// Whether its answer never changes while the machine runs.
    var asksOnce = false
    /// How long it may take.
    let limit: Duration
    let read: @Sendable (String) -> [GPUReport]

    /// The tools of this platform; the first one that tells of GPUs is as good as any other.
    static let all: [GPUTool] = [nvidia, amd] + platform

    static let nvidia = GPUTool(
        name: "nvidia-smi", arguments: ["--query-gpu=\(NvidiaText.columns)", "--format=csv,noheader,nounits"],
        folders: ["/usr/bin", "/usr/local/bin", "/usr/local/nvidia/bin", "/usr/lib/wsl/lib"], limit: .seconds(3), read: NvidiaText.gpus)

    static let amd = GPUTool(
        name: "rocm-smi", arguments: ["--showmeminfo", "vram", "--showuse", "--showtemp", "--showproductname", "--json"],
        folders: ["/opt/rocm/bin", "/usr/bin"], limit: .seconds(3), read: ROCmText.gpus)

    /// Where it is; nil when this machine has none.
    func path(in environment: [String: String]) -> String? {
        let searched = (environment["PATH"] ?? "").split(separator: ":").map(String.init) + folders
        return searched.lazy.filter { $0.hasPrefix("/") }.map { "\($0)/\(name)" }.first { path in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
                && FileManager.default.isExecutableFile(atPath: path)
        }
    }
}

#if !os(macOS)
extension GPUTool {
    static let platform: [GPUTool] = []
}
#endif
