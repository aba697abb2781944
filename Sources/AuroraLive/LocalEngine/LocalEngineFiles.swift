import Foundation

/// Where the parts of a local engine lie, all below one folder.
struct LocalEngineFiles: Sendable {
    let folder: String

    var environment: String { "\(folder)/venv" }
    var python: String { "\(environment)/bin/python" }
    var script: String { "\(folder)/local_engine.py" }
    var record: String { "\(folder)/installed.json" }
    /// pip downloads into it, so its growth is the progress.
    var temporary: String { "\(folder)/tmp" }
    var installLog: String { "\(folder)/install.log" }
    var log: String { "\(folder)/local-engine.log" }

    /// Whether the interpreter is there; false when it is a link to one that a system update removed.
    var environmentWorks: Bool { FileManager.default.isExecutableFile(atPath: python) }

    /// What is finished; nothing when the record is missing or makes no sense.
    func readRecord() -> InstallRecord {
        FileManager.default.contents(atPath: record).flatMap { try? JSONDecoder().decode(InstallRecord.self, from: $0) } ?? InstallRecord()
    }

    func write(_ new: InstallRecord) throws {
        try FolderFiles.write(Array(JSONEncoder().encode(new)), to: record)
    }
}
