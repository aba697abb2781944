import AuroraModel
import Testing

@testable import AuroraRouting

/// Long random lives of a router, in which nothing may get lost, counted twice or overfilled.
@Suite struct RouterPropertyTests {
    private struct Life {
        var mesh: TestMesh
        var random: SplitMix
        var running: [Run] = []
        var waiting: Set<TicketID> = []
        var asked = 0
        var ended = 0
        var refused = 0

        init(workers: Int, seed: UInt64) {
            var settings = RouterSettings()
            settings.lineLimit = 40
            settings.seed = seed
            settings.exploreShare = 0.1
            mesh = TestMesh(workers, slots: 2, settings: settings)
            random = SplitMix(seed: seed)
        }

        mutating func pick(_ count: Int) -> Int { count > 0 ? Int(random.next() % UInt64(count)) : 0 }

        mutating func step() {
            mesh.pass(random.unit() * 0.3)
            switch pick(12) {
            case 0...4: ask()
            case 5...8: end()
            case 9: leave()
            case 10: change()
            default: break
            }
            settle()
        }

        mutating func ask() {
            asked += 1
            let (client, priority, prompt) = (pick(5), pick(11), pick(3000))
            let policy = PolicyName.allCases[pick(PolicyName.allCases.count)]
            let affinity = random.unit() < 0.5 ? UInt64(pick(20)) : nil
            let deadline = mesh.now.advanced(by: random.unit() * 10)
            let admission = mesh.admit(prompt) { request in
                request.client = client
                request.priority = priority
                request.policy = policy
                request.affinity = affinity
                request.prefixes = affinity.map { [$0, $0 &+ 1] } ?? []
                request.deadline = deadline
            }
            switch admission {
            case .run(let run): running.append(run)
            case .waits(let ticket): #expect(waiting.insert(ticket.id).inserted)
            case .refused: refused += 1
            }
        }

        mutating func end() {
            guard !running.isEmpty else { return }
            let run = running.remove(at: pick(running.count))
            if random.unit() < 0.8 { mesh.router.firstToken(run.id, now: mesh.now) }
            mesh.pass(random.unit())
            let ending: Ending =
                switch pick(10) {
                case 0: .cancelled
                case 1: .failed(Ending.Failure.allCases[pick(4)])
                default: .finished(Measured(promptTokens: pick(3000), outputTokens: pick(300)))
                }
            mesh.router.ended(run.id, ending, now: mesh.now)
            ended += 1
        }

        mutating func leave() {
            guard let ticket = waiting.first else { return }
            waiting.remove(ticket)
            mesh.router.leave(ticket)
            refused += 1
        }

        mutating func change() {
            let number = 1 + pick(mesh.facts.count)
            let (up, takes, outside, resident) = (random.unit() < 0.8, random.unit() < 0.9, pick(3), random.unit() < 0.7)
            mesh.change(number) { facts in
                facts.isUp = up
                facts.takesWork = takes
                facts.outsideLoad = outside
                facts.models[0].isResident = resident
            }
        }

        mutating func settle() {
            for started in mesh.router.dispatch(now: mesh.now) {
                #expect(waiting.remove(started.ticket.id) != nil)
                running.append(started.run)
            }
            for gone in mesh.router.expire(now: mesh.now) {
                #expect(waiting.remove(gone.ticket) != nil)
                refused += 1
            }
        }
    }

    @Test(arguments: [(1, 1), (3, 2), (8, 3), (50, 4)] as [(Int, UInt64)])
    func everyRequestEndsExactlyOnceAndNoWorkerIsOverfilled(workers: Int, seed: UInt64) {
        var life = Life(workers: workers, seed: seed)
        for _ in 0..<3000 {
            life.step()
            let snapshot = life.mesh.router.snapshot()
            #expect(snapshot.running == life.running.count)
            #expect(snapshot.waiting == life.waiting.count)
            #expect(snapshot.workers.allSatisfy { $0.inFlight <= $0.slots.now && $0.inFlight >= 0 && $0.waiting >= 0 })
            #expect(snapshot.waiting <= 40)
        }
        while !life.running.isEmpty { life.end(); life.settle() }
        life.mesh.pass(1000)
        life.settle()
        #expect(life.waiting.isEmpty)
        #expect(life.asked == life.ended + life.refused)
        #expect(life.mesh.router.snapshot().workers.allSatisfy { $0.inFlight == 0 && $0.waiting == 0 })
        #expect(life.mesh.router.snapshot().workers.allSatisfy { $0.models.allSatisfy { $0.inFlight == 0 } })
    }

    @Test func twoClientsThatAlwaysWaitGetEqualWork() throws {
        var lane = Lane()
        var random = SplitMix(seed: 8)
        var waiting: [UInt64: (client: Int, order: LaneOrder, work: Double)] = [:]
        var served = [0.0, 0.0]
        var number: UInt64 = 0
        func join(_ client: Int, _ lane: inout Lane) {
            number += 1
            let work = client == 0 ? 0.1 + random.unit() * 0.2 : 1 + random.unit() * 4
            let order = lane.join(client: client, work: work, number: number, isRetry: false)
            waiting[number] = (client, order, work)
            lane.insert(number, order: order)
        }
        for client in [0, 1] { for _ in 0..<5 { join(client, &lane) } }
        for _ in 0..<5000 {
            let next = lane.next { waiting[$0] != nil }
            let ticket = try #require(next)
            lane.takeNext()
            let removed = waiting.removeValue(forKey: ticket)
            let entry = try #require(removed)
            lane.served(client: entry.client, order: entry.order, work: entry.work)
            served[entry.client] += entry.work
            join(entry.client, &lane)
            #expect(abs(served[0] - served[1]) < 2 * 5 + 1)
        }
    }

    @Test func oldRequestsAreServedEvenWhenNewClientsKeepComing() throws {
        var lane = Lane()
        var waiting: [UInt64: (client: Int, order: LaneOrder)] = [:]
        var number: UInt64 = 0
        func join(_ client: Int, _ lane: inout Lane) {
            number += 1
            let order = lane.join(client: client, work: 1, number: number, isRetry: false)
            waiting[number] = (client, order)
            lane.insert(number, order: order)
        }
        for _ in 0..<10 { join(0, &lane) }
        for step in 1..<2000 {
            join(step, &lane)
            let next = lane.next { waiting[$0] != nil }
            let ticket = try #require(next)
            lane.takeNext()
            let removed = waiting.removeValue(forKey: ticket)
            let entry = try #require(removed)
            lane.served(client: entry.client, order: entry.order, work: 1)
        }
        #expect(!waiting.values.contains { $0.client == 0 })
    }
}
