import AuroraAdopt
import AuroraConfig
import AuroraLive
import AuroraModel
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraCommands

@Suite struct AdoptionTests {
    /// One look: reads the files, decides, and writes when told to.
    private func look(_ folder: String, _ inventory: Inventory, writes: Bool = true) throws -> Adoption {
        let path = "\(folder)/aurora.yml"
        let file = try EditedFile(path)
        let load = ManifestLoader.load(path: path, folder: folder, environment: [:], host: "server")
        if file.bytes != nil { #expect(load.manifest != nil, "\(load.findings)") }
        let manifest = file.bytes == nil ? nil : load.manifest
        let adoption = try Adoption(
            inventory, file: file, exampleFile: try EditedFile("\(folder)/.env.example"), manifest: manifest, shown: "aurora.yml")
        if writes { try adoption.write() }
        return adoption
    }

    private func inventory(_ ports: [Int], program: String = "python3") -> Inventory {
        var system = SystemFacts()
        system.host.name = "server"
        system.listeners = ports.map { port in
            Listener(
                .tcp, address: "127.0.0.1", port: port,
                owner: ProcessFacts(pid: Int32(port), parent: 1, name: program, user: "app", workingFolder: "/srv/app-\(port)"))
        }
        return Inventory(system: system, software: SoftwareFacts(), takenAt: Date(timeIntervalSince1970: 1_795_000_000), seconds: 0.5)
    }

    private func text(_ folder: String) throws -> String { try String(contentsOfFile: "\(folder)/aurora.yml", encoding: .utf8) }

    @Test func theFirstLookWritesAManifestThatLoadsAndTheSecondChangesNothing() async throws {
        try await withTemporaryFolder { folder in
            let first = try look(folder, inventory([9100, 9200]))
            #expect(first.isNew && first.plan.added.map(\.name) == ["app-9100", "app-9200"])
            let written = try text(folder)
            let second = try look(folder, inventory([9200, 9100]))
            #expect(second.text == nil && second.example == nil && second.plan.added == [])
            #expect(try text(folder) == written)
        }
    }

    @Test func anyOrderOfLooksEndsWithEverythingKeptAndEveryHandMadeByte() async throws {
        try await withTemporaryFolder { folder in
            let hand = "mesh: mine # my own\nkeep:\n  'old': {kind: other,   ports: [1]}\n\n# tail\nlisten: [127.0.0.1]\n"
            try hand.write(toFile: "\(folder)/aurora.yml", atomically: false, encoding: .utf8)
            for ports in [[9100], [], [9200, 9300], [1], [9100, 9300], [1, 9100, 9200, 9300]] { _ = try look(folder, inventory(ports)) }
            let result = try text(folder)
            #expect(!result.contains("# gone since"))
            let lines = result.split(separator: "\n")
            #expect(lines.filter { line in hand.split(separator: "\n").contains(line) } == hand.split(separator: "\n"))
            let load = ManifestLoader.load(path: "\(folder)/aurora.yml", folder: folder, environment: [:], host: "server")
            #expect(load.findings == [] && load.manifest?.keep.map(\.name) == ["old", "app-9100", "app-9200", "app-9300"])
        }
    }

    @Test func aTakenPortIsReplacedInANewManifestAndOnlyToldInOneThatSaysItsPorts() async throws {
        try await withTemporaryFolder { folder in
            let first = try look(folder, inventory([8001]))
            #expect(try text(folder).contains("ports: { gateway: 8005, chat: 8003, console: 8004 }"))
            #expect(
                AdoptReport(first, manifest: "aurora.yml", isWritten: true).text.contains(
                    "is held by python3 (pid 8001, user app): gateway takes 8005"))
            let second = try look(folder, inventory([8001, 8005]))
            #expect(second.clashes.map(\.proposal) == [8006])
            #expect(try text(folder).contains("ports: { gateway: 8005, chat: 8003, console: 8004 }"))
            #expect(AdoptReport(second, manifest: "aurora.yml", isWritten: true).text.contains("write ports: { gateway: 8006 }"))
        }
    }

    @Test func variablesOfTheManifestStandInTheExample() async throws {
        try await withTemporaryFolder { folder in
            try "node_token: ${AURORA_NODE_TOKEN:-0123456789abcdef}\n".write(
                toFile: "\(folder)/aurora.yml", atomically: false, encoding: .utf8)
            _ = try look(folder, inventory([]))
            let example = try String(contentsOfFile: "\(folder)/.env.example", encoding: .utf8)
            #expect(example.hasSuffix("# Used by node_token\nAURORA_NODE_TOKEN=\n"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/.env"))
        }
    }

    @Test func aManifestThatChangedMeanwhileIsLeftAlone() async throws {
        try await withTemporaryFolder { folder in
            let adoption = try look(folder, inventory([9100]), writes: false)
            try "mesh: theirs\n".write(toFile: "\(folder)/aurora.yml", atomically: false, encoding: .utf8)
            let error = try #require(throws: AuroraError.self) { try adoption.write() }
            #expect(error.code == .refused)
            #expect(try text(folder) == "mesh: theirs\n")
        }
    }

    @Test func theReportSaysWhatWasFoundWhatIsHiddenAndWhatIsNext() async throws {
        try await withTemporaryFolder { folder in
            var seen = inventory([22, 9100])
            seen.system.listeners[0].owner?.name = "sshd"
            seen.system.unseen = [Unseen("owners of ports", why: "other users' processes are hidden", fix: "run it with sudo")]
            seen.system.network.clashes = [AddressClash(range: "10.0.0.0/16", by: "docker network 'web'")]
            let report = AdoptReport(try look(folder, seen), manifest: "aurora.yml", isWritten: true).text
            #expect(report.hasPrefix("server: 1 service to keep\n\nNAME      KIND     WHERE  RUNS          SINCE  MANIFEST\n"))
            #expect(report.contains("app-9100  process  :9100  process 9100  -      new"))
            #expect(report.contains("Part of the system, not kept:\n  sshd (pid 22, user app) on port 22"))
            #expect(report.contains("  addresses 10.0.0.0/16 of the mesh are in use: docker network 'web'"))
            #expect(report.contains("Could not be seen:\n  owners of ports: other users' processes are hidden; run it with sudo"))
            #expect(report.contains("wrote aurora.yml ("))
        }
    }

    @Test func withNothingFoundItSaysSoAndTheManifestLoads() async throws {
        try await withTemporaryFolder { folder in
            let adoption = try look(folder, inventory([]))
            #expect(AdoptReport(adoption, manifest: "aurora.yml", isWritten: true).text.hasPrefix("server: nothing found that"))
            #expect(try look(folder, inventory([])).text == nil)
        }
    }
}
