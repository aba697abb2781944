public import Foundation

/// What has to be done so that the machine becomes what is desired. Pure: the same values give the same plan.
public enum Planner {
    public static func plan(_ desired: Desired, observed: Observed, record: Record, now: Date) -> PlanOutcome {
        var planning = Planning(desired: desired, observed: observed, record: record)
        planning.makeSteps()
        let guarded = KeptGuard(desired.kept).refusals(planning.steps)
        let refusals = desired.ports.refusals + planning.refusals + guarded
        guard refusals.isEmpty else { return .refused(refusals) }
        let notes = desired.ports.notes + planning.notes
        guard !planning.steps.isEmpty else { return .nothingToDo(notes: notes) }
        let relies = Reliance(files: planning.relied, freePorts: planning.freePorts)
        return .plan(
            Plan(
                madeAt: now, mesh: desired.mesh, node: desired.node, manifest: desired.manifest, relies: relies, ports: desired.ports.moved,
                steps: planning.steps, notes: notes))
    }
}

/// One planning as it goes: steps in the order in which they are done.
struct Planning {
    let desired: Desired
    let observed: Observed
    let record: Record
    var steps: [Step] = []
    var refusals: [Refusal] = []
    var notes: [String] = []
    /// Files whose bytes, mode or owner will change, or that will be made.
    private(set) var changed: Set<String> = []

    /// Digests of what files shall hold, by path.
    let digests: [String: String]

    init(desired: Desired, observed: Observed, record: Record) {
        (self.desired, self.observed, self.record) = (desired, observed, record)
        digests = Dictionary(desired.files.map { ($0.work.path, $0.work.digest) }) { first, _ in first }
    }

    /// Folders first, so that files have a place; groups end before their files change, and start when all stands.
    mutating func makeSteps() {
        guard findTwice() else { return }
        let writes = fileSteps()
        changed = Set(writes.compactMap(\.work.path))
        let starting = groupsToStart()
        steps += folderSteps()
        steps += stopSteps(before: Set(starting.map(\.key)))
        steps += fileRemovals() + writes + folderRemovals()
        steps += starting.map(startStep)
    }

    /// What the steps change, as it was seen.
    var relied: [String: FileSeen] {
        Dictionary(steps.compactMap(\.work.path).map { ($0, observed.seen($0)) }) { first, _ in first }
    }

    /// Ports that steps will use and that nobody holds now.
    var freePorts: [PortKey] {
        Set(steps.filter { !$0.removes }.flatMap(\.touches.ports)).filter { observed.holder(of: $0) == nil }.sorted()
    }

    /// A path or a key that is wanted twice: whichever came second would undo the first.
    private mutating func findTwice() -> Bool {
        let paths = Dictionary(grouping: desired.folders.map(\.path) + desired.files.map(\.work.path)) { $0 }
        let groups = Dictionary(grouping: desired.groups.map(\.key)) { $0 }
        let crooked = paths.keys.filter { !PathText.isPlain($0) }.sorted()
        let twice = (Array(paths) + Array(groups)).filter { $0.value.count > 1 }.map(\.key).sorted()
        refusals += crooked.map { Refusal("the path '\($0)' is not absolute and plain", allow: "write it out, without '.' and '..'") }
        refusals += twice.map { Refusal("'\($0)' is asked for twice", allow: "leave one of the two out of the manifest") }
        return crooked.isEmpty && twice.isEmpty
    }
}
