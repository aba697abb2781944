import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct CandidateIndexTests {
    @Test func inALargeMeshTheBestWorkerIsFound() throws {
        var mesh = TestMesh(300)
        for number in 1...300 { mesh.teach(number, ttft: number == 237 ? 0.05 : 1 + Double(number % 7) * 0.3, times: 4, generation: 5) }
        #expect(try mesh.run().worker == WorkerID(237))
        let next = try mesh.run()
        #expect(next.decision.predicted.firstToken < 1.2)
    }

    @Test func aWorkerThatGoesDownIsNotNamed() throws {
        var mesh = TestMesh(40)
        mesh.teach(7, ttft: 0.01)
        mesh.change(7) { $0.isUp = false }
        for _ in 0..<39 { #expect(try mesh.run().worker != WorkerID(7)) }
        _ = try mesh.wait()
    }

    @Test func itNamesTheSameBestAsLookingAtAll() {
        var random = SplitMix(seed: 3)
        var index = CandidateIndex(count: 200)
        var loads = (0..<200).map { WorkerLoad(id: WorkerID($0)) }
        var pairs = (0..<200).map { _ in PairNumbers(pace: Prior.pace(sizeBytes: nil), isResident: true) }
        for step in 0..<5000 {
            let member = Int(random.next() % 200)
            loads[member].isUsable = random.unit() < 0.9
            loads[member].slots = 1 + Int(random.next() % 4)
            loads[member].inFlight = Int(random.next() % 5)
            loads[member].freeAt = Instant(nanoseconds: 1_000_000_000 + random.next() % 1_000_000_000)
            let speed = [1e-4, 4e-4, 1e-3][Int(random.next() % 3)]
            pairs[member].pace.prompt = .init(base: speed * 50, slope: speed)
            index.update(member, load: loads[member], pair: pairs[member])
            guard step % 50 == 0 else { continue }
            var named: [Int] = []
            index.forEachCandidate { named.append($0) }
            #expect(named.allSatisfy { loads[$0].isUsable })
            #expect(named.count <= 64)
            #expect(index.usable == loads.count { $0.isUsable && $0.slots >= 1 && index.contains($0.id) })
            let idle = loads.indices.filter { loads[$0].isUsable && loads[$0].busy == 0 && index.contains(loads[$0].id) }
            if let best = idle.map({ pairs[$0].pace.prompt.slope }).min() {
                #expect(named.contains { loads[$0].busy == 0 && pairs[$0].pace.prompt.slope == best })
            }
        }
    }
}

extension CandidateIndex {
    /// Members are numbered like workers in these tests.
    fileprivate func contains(_ id: WorkerID) -> Bool { isUsable(Int(id.raw)) }
}
