import AuroraHTTP
import AuroraModel
import AuroraTestSupport
import Foundation
import NIOPosix
import Testing

import AuroraRouting
@testable import AuroraInference
@testable import AuroraNode

@Suite("Drained nodes")
struct NodeDrainsTests {
    private func registry() throws -> EngineRegistry {
        try EngineRegistry(
            node: "me", engines: [], places: [], http: NodeHTTPClient(pools: try UpstreamPools(group: MultiThreadedEventLoopGroup.singleton)),
            router: MeshRouter(Router()), logger: RunningNode.logger)
    }

    @Test func areKeptOverARestartInAFileOfTheOwner() async throws {
        try await withTemporaryFolder { folder async throws in
            let file = DrainFile(folder: folder)
            let drains = NodeDrains(file: file, registry: try registry(), logger: RunningNode.logger)
            try await drains.set(true, node: "desk", known: ["me", "desk", "pod"])
            try await drains.set(true, node: "pod", known: ["me", "desk", "pod"])
            try await drains.set(false, node: "desk", known: ["me", "desk", "pod"])
            let mode = try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let after = try registry()
            _ = NodeDrains(file: file, registry: after, logger: RunningNode.logger)
            #expect(after.drainedNodes == ["pod"])
        }
    }

    @Test func thatAreUnknownAreRefusedWithTheNearest() async throws {
        try await withTemporaryFolder { folder async throws in
            let registry = try registry()
            let drains = NodeDrains(file: DrainFile(folder: folder), registry: registry, logger: RunningNode.logger)
            let error = await #expect(throws: AuroraError.self) { try await drains.set(true, node: "vengance", known: ["me", "vengeance"]) }
            #expect(error?.code == .notFound)
            #expect(error?.message == "there is no node 'vengance'")
            #expect(error?.hint == "did you mean 'vengeance'? known: me, vengeance")
            #expect(registry.drainedNodes.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: DrainFile(folder: folder).path))
        }
    }

    @Test func thatHaveLeftTheMeshCanBeTakenBack() async throws {
        try await withTemporaryFolder { folder async throws in
            let registry = try registry()
            let drains = NodeDrains(file: DrainFile(folder: folder), registry: registry, logger: RunningNode.logger)
            try await drains.set(true, node: "pod", known: ["pod"])
            try await drains.set(false, node: "pod", known: ["me"])
            #expect(registry.drainedNodes.isEmpty)
        }
    }

    @Test(arguments: ["", "{", "[]", "{\"drained\":7}", "\u{0}\u{1}", "{\"drained\":[1]}"])
    func inAFileThatMakesNoSenseKeepNoNodeFromStarting(content: String) async throws {
        try await withTemporaryFolder { folder async throws in
            let file = DrainFile(folder: folder)
            try Data(content.utf8).write(to: URL(filePath: file.path))
            #expect(throws: AuroraError.self) { try file.read() }
            let registry = try registry()
            let drains = NodeDrains(file: file, registry: registry, logger: RunningNode.logger)
            #expect(registry.drainedNodes.isEmpty)
            try await drains.set(true, node: "me", known: ["me"])
            #expect(try file.read() == ["me"])
        }
    }

    @Test func areNotHalfDrainedWhenTheDiskRefuses() async throws {
        let registry = try registry()
        let drains = NodeDrains(file: DrainFile(folder: "/dev/null/nowhere"), registry: registry, logger: RunningNode.logger)
        await #expect(throws: AuroraError.self) { try await drains.set(true, node: "me", known: ["me"]) }
        #expect(registry.drainedNodes.isEmpty)
    }
}
