import AuroraApply
import AuroraLive
import AuroraModel
import AuroraSystem
import Testing

/// Random machines and wishes.
@Suite struct PropertyTests {
    @Test(arguments: 0..<25 as Range<UInt64>)
    func applyingTwiceIsApplyingOnceAndUndoBringsEverythingBack(_ seed: UInt64) async throws {
        try await withTown { town in
            var random = SeededRandom(seed: seed)
            try scatter(town, &random)
            var trees = [try town.digest()]
            for _ in 0..<4 {
                let desired = wish(town, &random)
                _ = try await town.apply(desired)
                #expect(try town.outcome(desired) == .nothingToDo(notes: []))
                let applied = try town.log().applies.count
                if applied == trees.count { trees.append(try town.digest()) }
            }
            for tree in trees.dropLast().reversed() {
                _ = try await town.undo()
                #expect(try town.digest() == tree)
            }
            #expect(town.services.running.isEmpty)
            #expect(try town.log().record == Record())
        }
    }

    private static let places = ["/a", "/a/b", "/a/b/c", "/d", "/d/e", "/etc"]
    private static let names = ["one", "two", "three"]

    /// Files that were there before: none where a wish could want another kind of thing.
    private func scatter(_ town: Town, _ random: inout SeededRandom) throws {
        for place in Self.places where Bool.random(using: &random) && town.hasFolder(place) {
            try town.write(place + "/before.txt", "\(random.next())")
        }
    }

    private func wish(_ town: Town, _ random: inout SeededRandom) -> Desired {
        var desired = Desired(mesh: "aurora", node: "lead", manifest: "\(random.next())")
        for place in Self.places where Int.random(in: 0..<3, using: &random) == 0 {
            desired.folders.append(
                FolderWork(path: town.watched + place + "/made", mode: [0o700, 0o755].randomElement(using: &random) ?? 0))
        }
        for place in Self.places {
            for name in Self.names where Int.random(in: 0..<3, using: &random) == 0 {
                let text = "\(Int.random(in: 0..<3, using: &random))"
                let mode: UInt16 = Bool.random(using: &random) ? 0o600 : 0o644
                desired.files.append(
                    town.file("\(place)/\(name).conf", text, mode: mode, isSecret: Bool.random(using: &random), mayReplace: true))
            }
        }
        for name in Self.names where Bool.random(using: &random) {
            let files = desired.files.map(\.work.path).filter { $0.hasSuffix(name + ".conf") }
            let revision = "\(Int.random(in: 0..<2, using: &random))"
            desired.groups.append(
                DesiredGroup(
                    key: "service:" + name, title: name, activity: FakeServices.activity(name), revision: revision, files: files))
        }
        return desired
    }
}

extension Town {
    func hasFolder(_ place: String) -> Bool { (try? disk.look(watched + place).isFolder) ?? false }
}
