import AuroraModel
import Testing

@testable import AuroraRouting

@Suite struct AffinityTests {
    private func twoEqual(slots: Int = 2) -> TestMesh {
        var mesh = TestMesh(2, slots: slots)
        for number in 1...2 { mesh.teach(number, prompt: 500, ttft: 0.5) }
        return mesh
    }

    @Test func aConversationStaysOnItsWorker() throws {
        var mesh = twoEqual()
        let first = try mesh.run { $0.affinity = 7 }
        mesh.finish(first)
        for _ in 0..<10 {
            let next = try mesh.run(600) { $0.affinity = 7 }
            #expect(next.worker == first.worker)
            #expect(next.decision.reason == .affinity)
            mesh.finish(next)
        }
    }

    @Test func aConversationLeavesAWorkerThatIsClearlySlower() throws {
        var mesh = twoEqual()
        let first = try mesh.run { $0.affinity = 7 }
        mesh.finish(first)
        mesh.teach(Int(first.worker.raw), prompt: 500, ttft: 10, times: 12)
        #expect(try mesh.run(600) { $0.affinity = 7 }.worker != first.worker)
    }

    @Test func theBeginningOfAPromptIsExpectedInTheCache() throws {
        var mesh = twoEqual()
        let prefixes = (0..<16).map { UInt64($0) &* 31 &+ 5 }
        let first = try mesh.run(2048) { $0.prefixes = prefixes }
        mesh.finish(first, ttft: 2)
        let next = try mesh.run(2048) { $0.prefixes = prefixes }
        #expect(next.worker == first.worker)
        #expect(next.decision.reason == .prefix)
        let other = try #require(next.decision.alternatives.first)
        #expect(next.decision.predicted.prompt < other.predicted.prompt / 2)
    }

    @Test func aCacheThatNeverHelpsIsNotExpectedForLong() throws {
        var mesh = twoEqual()
        for _ in 0..<30 {
            let run = try mesh.run(500) { $0.affinity = 9 }
            mesh.finish(run, ttft: 0.5) {
                $0.cachedTokens = 0; $0.promptTokens = 500
            }
        }
        let run = try mesh.run(500) { $0.affinity = 9 }
        #expect(abs(run.decision.predicted.prompt - 0.5) < 0.15)
    }

    @Test func conversationsOfAWorkerThatLeavesSpreadOverTheOthers() throws {
        var mesh = TestMesh(4, slots: 4)
        for number in 1...4 { mesh.teach(number, ttft: 0.2) }
        for conversation in 0..<12 { mesh.finish(try mesh.run { $0.affinity = UInt64(conversation) }) }
        mesh.change(1) { $0.isUp = false }
        var perWorker: [WorkerID: Int] = [:]
        for conversation in 0..<12 { perWorker[try mesh.run { $0.affinity = UInt64(conversation) }.worker, default: 0] += 1 }
        #expect(perWorker[WorkerID(1)] == nil)
        #expect(perWorker.values.allSatisfy { $0 <= 4 })
    }

    @Test func memoryOfPromptsIsBounded() throws {
        var settings = RouterSettings()
        settings.affinityLimit = 50
        settings.prefixLimit = 80
        var mesh = TestMesh(2, slots: 4, settings: settings)
        for number in 0..<1000 {
            let run = try mesh.run { request in
                request.affinity = UInt64(number)
                request.prefixes = (0..<20).map { UInt64(number * 100 + $0) }
            }
            mesh.finish(run)
        }
        #expect(mesh.router.memory.count <= 130)
    }
}
