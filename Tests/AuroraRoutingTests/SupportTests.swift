import Testing

@testable import AuroraRouting

@Suite struct SupportTests {
    @Test func anInstantNeitherOverflowsNorUnderflows() {
        #expect(Instant.never.advanced(by: 1) == .never)
        #expect(Instant.origin.advanced(by: -1) == .origin)
        #expect(Instant(nanoseconds: 5).advanced(by: .nan) == Instant(nanoseconds: 5))
        #expect(Instant(nanoseconds: 5).advanced(by: .infinity) == .never)
        #expect(Instant(nanoseconds: 5).advanced(by: -.infinity) == Instant(nanoseconds: 5))
        #expect(Instant(nanoseconds: 5).advanced(by: 1e300).nanoseconds > 1_000_000)
        #expect(Instant.origin.seconds(since: .never) < 0)
        #expect(Instant(nanoseconds: 3_000_000_000).seconds(since: Instant(nanoseconds: 1_000_000_000)) == 2)
    }

    @Test func aStaleHandleFindsNothing() {
        var map = SlotMap<Int>()
        let first = map.insert(1)
        #expect(map.remove(first) == 1)
        let second = map.insert(2)
        #expect(second != first)
        #expect(map[first] == nil)
        #expect(map.remove(first) == nil)
        #expect(map[second] == 2)
        #expect(map[.max] == nil)
        #expect(map.count == 1)
    }

    @Test func theLeastRecentlyUsedIsForgotten() {
        var map = LRUMap<String, Int>(limit: 3)
        for (number, key) in ["a", "b", "c"].enumerated() { map.set(number, for: key) }
        map.set(10, for: "a")
        map.set(4, for: "d")
        #expect(map.peek("b") == nil)
        #expect(map.entries.map(\.key) == ["d", "a", "c"])
        #expect(map.remove("a") == 10)
        map.set(5, for: "e")
        #expect(map.entries.map(\.key) == ["e", "d", "c"])
        #expect(map.count == 3)
    }

    @Test func aHeapGivesTheLeastFirst() {
        var random = SplitMix(seed: 1)
        var heap = Heap<UInt64>()
        let values = (0..<500).map { _ in random.next() % 1000 }
        for value in values { heap.push(value) }
        heap.removeAll { $0 % 7 == 0 }
        var popped: [UInt64] = []
        while let value = heap.pop() { popped.append(value) }
        #expect(popped == values.filter { $0 % 7 != 0 }.sorted())
    }

    @Test func aLineIsFoundThroughNoise() {
        var fit = LinearFit()
        var random = SplitMix(seed: 2)
        let prior = LinearFit.Line(base: 1, slope: 0.01)
        for _ in 0..<60 {
            let x = random.unit() * 4000
            fit.add(x: x, y: (0.05 + x * 0.001) * (0.9 + random.unit() * 0.2), prior: prior, reach: 1000)
        }
        let line = fit.line(prior: prior, reach: 1000)
        #expect(abs(line.slope - 0.001) < 0.0001)
        #expect(abs(line.base - 0.05) < 0.05)
    }

    @Test func measurementsAtOnePlaceKeepTheShapeOfThePrior() {
        var fit = LinearFit()
        let prior = LinearFit.Line(base: 0.1, slope: 0.001)
        for _ in 0..<10 { fit.add(x: 900, y: 10, prior: prior, reach: 1000) }
        let line = fit.line(prior: prior, reach: 1000)
        #expect(abs(line.value(at: 900) - 10) < 0.2)
        #expect(abs(line.value(at: 1800) - 19) < 1.5)
    }

    @Test func aLineIsNeverNegative() {
        var fit = LinearFit()
        let prior = LinearFit.Line(base: 0.1, slope: 0.001)
        for x in 1...20 { fit.add(x: Double(x) * 100, y: 5 - Double(x) * 0.2, prior: prior, reach: 1000) }
        let line = fit.line(prior: prior, reach: 1000)
        #expect(line.slope >= 0)
        #expect(line.base >= 0)
        fit.add(x: .nan, y: 1, prior: prior, reach: 1000)
        fit.add(x: 1, y: .infinity, prior: prior, reach: 1000)
        #expect(fit.line(prior: prior, reach: 1000) == line)
    }

    @Test func aCacheThatIsLostWithTimeIsLearnedAsSuch() {
        var yield = CacheYield()
        for _ in 0..<20 {
            yield.learn(1, requestsSince: 3)
            yield.learn(0, requestsSince: 40)
        }
        #expect(yield.parts[CacheYield.bucket(3)] > 0.95)
        #expect(yield.parts[CacheYield.bucket(40)] < 0.15)
        #expect(CacheYield.bucket(.min) == 0)
        #expect(CacheYield.bucket(.max) == 7)
    }
}
