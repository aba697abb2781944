import AuroraConfig
import AuroraModel
import Foundation
import Testing

/// A folder of its own for one test, removed at the end.
struct Scratch: ~Copyable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("aurora-config-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ bytes: Data) throws {
        try bytes.write(to: URL(fileURLWithPath: "\(path)/\(name)"))
    }

    func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }
}

/// Loads a manifest, and a `.env` if given, as a node on `host` would.
func load(_ yaml: String, env: String? = nil, environment: [String: String] = [:], host: String = "aurora") throws -> ManifestLoad {
    let scratch = try Scratch()
    try scratch.write("aurora.yml", yaml)
    if let env { try scratch.write(".env", env) }
    return ManifestLoader.load(path: "aurora.yml", folder: scratch.path, environment: environment, host: host)
}

/// The findings as the operator reads them.
func words(_ yaml: String, env: String? = nil, environment: [String: String] = [:], host: String = "aurora") throws -> [String] {
    try load(yaml, env: env, environment: environment, host: host).findings.map(\.description)
}

/// The manifest, which must be there.
func manifest(_ yaml: String, env: String? = nil, environment: [String: String] = [:], host: String = "aurora") throws -> Manifest {
    let load = try load(yaml, env: env, environment: environment, host: host)
    return try #require(load.manifest, "\(load.findings)")
}

/// The folder of the repository.
let repositoryRoot = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .path

/// A file of the repository.
func repositoryFile(_ path: String) throws -> String {
    try String(contentsOf: URL(fileURLWithPath: "\(repositoryRoot)/\(path)"), encoding: .utf8)
}
