import AuroraInference
import AuroraLive
import AuroraRouting
import Foundation
import Logging
import ServiceLifecycle

/// Keeps what the router learned of workers over restarts, in `learned.json` in the state folder.
struct LearnedKeeper: Service {
    /// A crash costs at most what was learned in this time.
    private static let interval = Duration.seconds(60)

    private let path: String
    private let router: MeshRouter
    private let logger: Logger

    init(folder: String, router: MeshRouter, logger: Logger) {
        path = Self.path(in: folder)
        self.router = router
        self.logger = logger
    }

    private static func path(in folder: String) -> String { folder + "/learned.json" }

    /// Nothing when there is no file, or one that cannot be read: it can all be learned again.
    static func read(folder: String) -> LearnedState {
        FileManager.default.contents(atPath: path(in: folder)).map { LearnedState(reading: $0) } ?? LearnedState()
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil { write() }
        }
        write()
    }

    private func write() {
        do {
            try FolderFiles.write(Array(router.learned.encoded()), to: path)
        } catch {
            logger.warning("what was learned of the workers cannot be kept", metadata: ["path": "\(path)", "error": "\(error)"])
        }
    }
}
