/// An unequal mesh: of each four workers a lead without GPU, a laptop that sleeps, a workstation and a rented pod; speeds 1:4:4:10.
enum Meshes {
    static let models = ["chat", "code", "big"]
    static let shares = [0.6, 0.3, 0.1]

    static func unequal(_ count: Int) -> [Engine] {
        (0..<count).map { index in
            Engine(
                nature(index), resident: Array([index / 4 % 3, (index / 4 + 1) % 3, (index / 4 + 2) % 3].prefix(index % 4 == 3 ? 3 : 2)))
        }
    }

    private static func nature(_ index: Int) -> EngineNature {
        switch index % 4 {
        case 0: nature("lead", speed: 1, slots: 1, tells: false, link: 0.001, room: 2)
        case 1:
            nature("laptop", speed: 4, slots: 1, tells: false, link: 0.02, room: 2, sleeps: (600, 400, Double(index * 137 % 600)))
        case 2: nature("workstation", speed: 4, slots: 2, tells: true, link: 0.005, room: 2)
        default: nature("pod", speed: 10, slots: 4, tells: true, link: 0.04, room: 3)
        }
    }

    private static func nature(
        _ name: String, speed: Double, slots: Int, tells: Bool, link: Double, room: Int,
        sleeps: (period: Double, awake: Double, offset: Double)? = nil
    ) -> EngineNature {
        EngineNature(
            name: name, promptRate: 200 * speed, tokenRate: 12 * speed, overhead: 0.05 / speed.squareRoot(), link: link, slots: slots,
            tellsSlots: tells, slowdown: 0.25, room: room, loadSeconds: 12 / speed.squareRoot(), caches: 4 + 4 * slots, sleeps: sleeps)
    }

    /// Requests a second that the mesh can do at most, with the usual mix; sleeping machines count for the part that they are awake.
    static func capacity(_ engines: [Engine], jobs: [Job]) -> Double {
        engines.reduce(0) { sum, engine in
            let work = jobs.reduce(0) { $0 + engine.nature.work($1) } / Double(max(1, jobs.count))
            let awake = engine.nature.sleeps.map { $0.awake / $0.period } ?? 1
            return sum + engine.nature.capacity(meanWork: work) * awake
        }
    }
}
