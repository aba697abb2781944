import AuroraModel
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraStore

@Suite struct StateFolderTests {
    @Test func foldersAndFilesAreForTheirOwnerOnly() async throws {
        let scratch = try ScratchFolder()
        let folder = try StateFolder.claim(scratch.path + "/deep/state")
        let store = try SQLiteStore.open(in: folder)
        try await store.create(.sample("c"))
        #expect(try scratch.mode(scratch.path + "/deep") == 0o700)
        #expect(try scratch.mode(folder.path) == 0o700)
        for name in ["aurora.db", "aurora.db-wal", "aurora.db-shm", "aurora.lock"] {
            #expect(try scratch.mode(folder.path + "/" + name) == 0o600)
        }
    }

    @Test func aDatabaseThatOthersCouldReadIsClosedToThem() throws {
        let scratch = try ScratchFolder()
        try SQLiteStore.open(path: scratch.database).close()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: scratch.database)
        try SQLiteStore.open(path: scratch.database).close()
        #expect(try scratch.mode(scratch.database) == 0o600)
    }

    @Test func aSecondClaimNamesTheHolder() throws {
        let scratch = try ScratchFolder()
        let first = try StateFolder.claim(scratch.path)
        let pid = ProcessInfo.processInfo.processIdentifier
        let error = #expect(throws: AuroraError.self) { try StateFolder.claim(scratch.path) }
        #expect(error?.code == .conflict)
        #expect(error?.message.hasPrefix("process \(pid)") == true)
        #expect(error?.message.hasSuffix("uses the state folder '\(first.path)'") == true)
        #expect(error?.hint == "stop it with 'kill \(pid)', or set AURORA_STATE to another folder")
    }

    @Test func garbageInTheLockFileIsNoObstacle() throws {
        let scratch = try ScratchFolder()
        try Data("99999999999999999999 \u{0} not a pid".utf8).write(to: URL(fileURLWithPath: scratch.path + "/aurora.lock"))
        let holder = try StateFolder.claim(scratch.path)
        try Data("nonsense".utf8).write(to: URL(fileURLWithPath: scratch.path + "/aurora.lock"), options: [])
        let error = #expect(throws: AuroraError.self) { try StateFolder.claim(scratch.path) }
        #expect(error?.message == "another process uses the state folder '\(holder.path)'")
    }

    @Test func anOpenStoreKeepsTheClaimAndItsEndGivesItBack() throws {
        let scratch = try ScratchFolder()
        var store: SQLiteStore? = try SQLiteStore.open(in: try StateFolder.claim(scratch.path))
        #expect(throws: AuroraError.self) { try StateFolder.claim(scratch.path) }
        store?.close()
        store = nil
        #expect(throws: Never.self) { try StateFolder.claim(scratch.path) }
    }

    @Test(arguments: [
        (["AURORA_STATE": "/a", "XDG_STATE_HOME": "/x", "HOME": "/h"], true, "/a"),
        (["XDG_STATE_HOME": "/x", "HOME": "/h"], false, "/x/aurora"),
        (["XDG_STATE_HOME": "relative", "HOME": "/h"], false, "/h/.local/state/aurora"),
        (["AURORA_STATE": "", "XDG_STATE_HOME": "", "HOME": "/h"], false, "/h/.local/state/aurora"),
        (["HOME": "/root"], true, "/var/lib/aurora"),
    ])
    func theDefaultFolderFollowsTheEnvironment(_ environment: [String: String], _ isRoot: Bool, _ expected: String) throws {
        #expect(try StateFolder.defaultPath(environment: environment, isRoot: isRoot) == expected)
    }

    @Test func withoutAHomeTheErrorSaysWhatToSet() {
        let error = #expect(throws: AuroraError.self) { try StateFolder.defaultPath(environment: [:], isRoot: false) }
        #expect(error == AuroraError(.invalid, "there is no folder for state: HOME is not set", hint: "set AURORA_STATE to a folder"))
    }
}
