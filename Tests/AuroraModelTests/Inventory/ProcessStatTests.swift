import AuroraModel
import Testing

struct ProcessStatTests {
    @Test func readsNamesWithBlanksAndBrackets() throws {
        let stat = try #require(ProcessStat("42 (my (odd) name) S 1 42 42 0 -1 4194560 1 0 0 0 1 2 0 0 20 0 1 0 777 1000 5\n"))
        #expect(stat.name == "my (odd) name")
        #expect(stat.state == "S")
        #expect(stat.parent == 1)
        #expect(stat.startTicks == 777)
        #expect(!stat.isKernelThread)
    }

    @Test func tellsThreadsOfTheKernelApart() throws {
        let stat = try #require(ProcessStat("15 (ksoftirqd/0) S 2 0 0 0 -1 69238848 0 0 0 0 0 3 0 0 20 0 1 0 9 0 0"))
        #expect(stat.isKernelThread)
        #expect(stat.parent == 2)
    }

    @Test(arguments: [
        "", "42", "42 (x", "42 x)", ") (", "42 (x) S 1 2", "42 (x) S 1 42 42 0 -1 4 1 0 0 0 1 2 0 0 20 0 1 0 no",
        "42 (x) S y 42 42 0 -1 4 1 0 0 0 1 2 0 0 20 0 1 0 7", "42 (x) S 1 42 42 0 -1 -4 1 0 0 0 1 2 0 0 20 0 1 0 7",
    ])
    func refusesWhatMakesNoSense(line: String) { #expect(ProcessStat(line) == nil) }
}
