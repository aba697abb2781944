/// The order in which services start.
public enum ServiceOrder {
    /// What others wait for first, else in the order given; services in a circle come last, in the order given.
    public static func sorted(_ services: [ServiceSpec]) -> [ServiceSpec] {
        let (done, left) = peel(services)
        return done + left
    }

    /// Names of services that wait for one another in a circle, or for such; in the order given.
    public static func circle(in services: [ServiceSpec]) -> [String] { peel(services).left.map(\.name) }

    /// The services named, and all that they wait for, in the order given.
    public static func needed(by names: Set<String>, in services: [ServiceSpec]) -> [ServiceSpec] {
        let known = Dictionary(services.map { ($0.name, $0) }) { first, _ in first }
        var (needed, waiting) = (names, Array(names))
        while let name = waiting.popLast() {
            for dependency in known[name]?.dependsOn ?? [] where needed.insert(dependency.service).inserted {
                waiting.append(dependency.service)
            }
        }
        return services.filter { needed.contains($0.name) }
    }

    /// Takes away, again and again, what waits for nothing that is left (Kahn 1962).
    private static func peel(_ services: [ServiceSpec]) -> (done: [ServiceSpec], left: [ServiceSpec]) {
        let places = Dictionary(services.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
        var dependants: [[Int]] = Array(repeating: [], count: services.count)
        var waits = Array(repeating: 0, count: services.count)
        for (index, service) in services.enumerated() {
            for place in Set(service.dependsOn.compactMap { places[$0.service] }) {
                dependants[place].append(index)
                waits[index] += 1
            }
        }
        var ready = services.indices.filter { waits[$0] == 0 }
        var next = 0
        while next < ready.count {
            for dependant in dependants[ready[next]] {
                waits[dependant] -= 1
                if waits[dependant] == 0 { ready.append(dependant) }
            }
            next += 1
        }
        let done = Set(ready)
        return (ready.map { services[$0] }, services.indices.filter { !done.contains($0) }.map { services[$0] })
    }
}
