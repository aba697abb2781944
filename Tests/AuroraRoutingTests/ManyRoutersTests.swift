import AuroraModel
import Testing

@testable import AuroraRouting

/// Several routers that share workers and see one another's requests only through the facts.
@Suite struct ManyRoutersTests {
    private func routers(_ count: Int, workers: Int, slots: Int) -> [TestMesh] {
        (0..<count).map { number in
            var settings = RouterSettings()
            settings.seed = UInt64(number) &* 7919 &+ 1
            var mesh = TestMesh(workers, slots: slots, settings: settings)
            for worker in 1...workers { mesh.teach(worker, ttft: 0.3) }
            return mesh
        }
    }

    private func perWorker(_ routers: inout [TestMesh], rounds: Int, look: Bool) throws -> [WorkerID: Int] {
        var total: [WorkerID: Int] = [:]
        var own = Array(repeating: [WorkerID: Int](), count: routers.count)
        for _ in 0..<rounds {
            for index in routers.indices {
                let worker = try routers[index].run().worker
                total[worker, default: 0] += 1
                own[index][worker, default: 0] += 1
            }
            guard look else { continue }
            for index in routers.indices {
                for worker in routers[index].facts.map(\.id) {
                    let outside = total[worker, default: 0] - own[index][worker, default: 0]
                    routers[index].change(Int(worker.raw)) { $0.outsideLoad = outside }
                }
            }
        }
        return total
    }

    @Test func routersThatKnowTheSameDoNotAllChooseTheSame() throws {
        var routers = routers(6, workers: 6, slots: 4)
        let total = try perWorker(&routers, rounds: 1, look: false)
        #expect(total.count >= 3)
        #expect(total.values.allSatisfy { $0 <= 4 })
    }

    @Test func routersThatSeeOneAnothersLoadShareTheWorkersEvenly() throws {
        var routers = routers(3, workers: 6, slots: 8)
        let total = try perWorker(&routers, rounds: 8, look: true)
        #expect(total.values.reduce(0, +) == 24)
        #expect(total.count == 6)
        #expect(total.values.allSatisfy { (2...7).contains($0) })
    }
}
