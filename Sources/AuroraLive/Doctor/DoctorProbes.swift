import AuroraModel
import AuroraSystem
import Foundation
import HTTPTypes

/// Looks at the machine; changes nothing.
enum DoctorProbes {
    static func python(_ program: String, environment: [String: String]) async -> Result<String, PythonTrouble> {
        let script = "import sys; print(sys.version.split()[0], flush=True); import venv, ensurepip"
        let spec = ProcessSpec(executable: program, arguments: ["-I", "-c", script], environment: environment)
        guard let result = try? await Command.run(spec, limit: .seconds(20), clock: ContinuousClock()) else {
            return .failure(.missing(program))
        }
        let version = result.output.split(separator: "\n").first.map(String.init) ?? "of unknown version"
        return result.succeeded ? .success(version) : .failure(.withoutVenv(version: version))
    }

    /// The version of the SQLite library that this process has, or would, load.
    static func sqliteVersion() -> String? {
        #if os(Linux)
        let library = "libsqlite3.so.0"
        #else
        let library = "/usr/lib/libsqlite3.dylib"
        #endif
        guard let handle = dlopen(library, RTLD_LAZY), let symbol = dlsym(handle, "sqlite3_libversion") else { return nil }
        typealias Version = @convention(c) () -> UnsafePointer<CChar>?
        return unsafeBitCast(symbol, to: Version.self)().map { String(cString: $0) }
    }

    static func stateFolder(_ path: String) -> StateFolderAccess {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
            guard isFolder.boolValue else { return .notAFolder }
            return access(path, W_OK | X_OK) == 0 ? .writable : .refused(path)
        }
        var above = URL(fileURLWithPath: path)
        repeat { above.deleteLastPathComponent() } while access(above.path, F_OK) != 0 && above.pathComponents.count > 1
        return access(above.path, W_OK | X_OK) == 0 ? .canBeMade : .refused(above.path)
    }

    /// When something directly in the folder was last written.
    static func newestFile(in folder: String) -> Date? {
        let files = FileManager.default
        return ((try? files.contentsOfDirectory(atPath: folder)) ?? []).compactMap { name in
            (try? files.attributesOfItem(atPath: "\(folder)/\(name)"))?[.modificationDate] as? Date
        }.max()
    }

    static func ollamaStatus(_ url: String, http: any HTTPCalling) async -> Int? {
        let base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let call = HTTPCall(.get, "\(base)/api/version", headTimeout: .seconds(2), idleTimeout: .seconds(2))
        return (try? await http.call(call))?.status
    }
}
