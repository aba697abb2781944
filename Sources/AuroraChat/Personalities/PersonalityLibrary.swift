public import AuroraModel
public import Logging
public import ServiceLifecycle
import Synchronization

/// The personalities of this node: a folder of Markdown files, read again when they change, or the two built-in ones.
///
/// A file that breaks keeps its last good version until it is mended, and is a finding meanwhile.
public final class PersonalityLibrary: Service, Sendable {
    private struct Entry: Sendable {
        var stamp: PersonalityFolder.Stamp
        var good: Personality?
        var findings: [Finding]
    }

    private struct State: Sendable {
        var entries: [String: Entry] = [:]
        var folderFindings: [Finding] = []
        var personalities: [Personality] = BuiltInPersonalities.all
    }

    private let folder: PersonalityFolder?
    private let clock: any Clock<Duration>
    private let interval: Duration
    private let logger: Logger
    private let state = Mutex(State())

    /// Reads the folder at once. `folder`: nil for the built-in personalities; `interval`: how often `run()` looks for changes.
    public init(
        folder: String? = nil, logger: Logger, clock: any Clock<Duration> = ContinuousClock(), interval: Duration = .seconds(1)
    ) {
        self.folder = folder.map(PersonalityFolder.init)
        self.clock = clock
        self.interval = interval
        self.logger = logger
        reload()
    }

    /// By name; never empty.
    public var all: [Personality] { state.withLock { $0.personalities } }

    /// What is wrong with the folder and its files now.
    public var findings: [Finding] {
        state.withLock { state in
            state.folderFindings + state.entries.sorted { $0.key < $1.key }.flatMap(\.value.findings)
        }
    }

    /// By id, else by id or name in any case; throws `notFound` with those that exist.
    public func personality(_ idOrName: String) throws -> Personality {
        let all = all
        let wanted = idOrName.lowercased()
        let found =
            all.first { $0.id == idOrName } ?? all.first { $0.id.lowercased() == wanted } ?? all.first { $0.name.lowercased() == wanted }
        if let found { return found }
        throw AuroraError(
            .notFound, "no personality '\(idOrName.shortened)'", hint: "use one of \(all.prefix(20).map(\.id).joined(separator: ", "))")
    }

    /// The file `default.md`, else the first by name.
    public func defaultPersonality() throws -> Personality {
        let all = all
        guard let found = all.first(where: { $0.id == "default" }) ?? all.first else {
            throw AuroraError(
                .unavailable, "there is no personality", hint: "put a file such as 'aurora.md' into the folder of personalities")
        }
        return found
    }

    /// Looks for changes until the node stops.
    public func run() async throws {
        guard folder != nil else { return try await gracefulShutdown() }
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await self.clock.sleep(for: self.interval, tolerance: nil)
                self.reload()
            }
        }
    }

    /// Reads what has changed since the last time; true when anything had.
    @discardableResult
    public func reload() -> Bool {
        guard let folder else { return false }
        // Files are read outside the lock: a slow disk must not hold up a chat that only wants to know who answers.
        var next = state.withLock { $0 }
        guard folder.list().map({ Self.take($0, from: folder, &next) }) ?? Self.miss(folder, &next) else { return false }
        state.withLock { [next] in $0 = next }
        report()
        return true
    }

    /// A folder that is away for a moment takes nothing away.
    private static func miss(_ folder: PersonalityFolder, _ state: inout State) -> Bool {
        let finding = Finding(
            file: folder.path, line: nil, reason: "the folder of personalities cannot be read",
            fix: "create it, or remove 'personalities' from the manifest to use the built-in ones")
        guard state.folderFindings != [finding] else { return false }
        state.folderFindings = [finding]
        return true
    }

    private static func take(_ listing: PersonalityFolder.Listing, from folder: PersonalityFolder, _ state: inout State) -> Bool {
        let gone = state.entries.keys.filter { listing.stamps[$0] == nil }
        let new = listing.stamps.filter { state.entries[$0.key]?.stamp != $0.value }
        guard !gone.isEmpty || !new.isEmpty || state.folderFindings != listing.findings else { return false }
        for file in gone { state.entries[file] = nil }
        for (file, stamp) in new {
            let read = folder.read(file)
            let good = read.personality ?? state.entries[file]?.good
            state.entries[file] = Entry(stamp: stamp, good: good, findings: read.findings)
        }
        let found = state.entries.values.compactMap(\.good).sorted { ($0.name, $0.id) < ($1.name, $1.id) }
        state.personalities = found.isEmpty ? BuiltInPersonalities.all : found
        state.folderFindings = listing.findings
        return true
    }

    private func report() {
        logger.info("read the personalities", metadata: ["count": "\(all.count)"])
        for finding in findings { logger.warning("\(finding)") }
    }
}
