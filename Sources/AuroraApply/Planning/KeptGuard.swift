/// Keeps steps away from what ran before Aurora.
struct KeptGuard {
    private let files: [String: String]
    private let folders: [String: String]
    private let ports: [PortKey: String]
    private let containers: [String: String]
    private let units: [String: String]

    init(_ kept: [KeptService]) {
        func owners<Thing>(_ things: (KeptService) -> [Thing]) -> [Thing: String] {
            Dictionary(kept.flatMap { service in things(service).map { ($0, service.name) } }) { first, _ in first }
        }
        files = owners(\.files)
        folders = owners(\.folders)
        ports = owners(\.ports)
        containers = owners(\.containers)
        units = owners(\.units)
    }

    func refusals(_ steps: [Step]) -> [Refusal] { steps.flatMap(refusals(for:)) }

    private func refusals(for step: Step) -> [Refusal] {
        let touches = step.touches
        let found =
            (touches.files + [step.work.path].compactMap(\.self)).uniqued().compactMap { path in
                owner(of: path).map { ("file '\(path)'", $0) }
            }
            + touches.ports.compactMap { port in ports[port].map { ("port \(port)", $0) } }
            + touches.containers.compactMap { name in containers[name].map { ("container '\(name)'", $0) } }
            + touches.units.compactMap { name in units[name].map { ("unit '\(name)'", $0) } }
        return found.map { thing, service in
            Refusal(
                "the step '\(step.id)' would touch the \(thing) of the kept service '\(service)'",
                allow: "choose another one for Aurora; what is kept is never touched")
        }
    }

    private func owner(of path: String) -> String? {
        files[path] ?? ([path] + PathText.ancestors(path)).lazy.compactMap { folders[$0] }.first
    }
}

extension Array where Element: Hashable {
    /// Each element once, in the order of its first appearance.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}
