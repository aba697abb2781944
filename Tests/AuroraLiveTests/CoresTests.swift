import Testing

@testable import AuroraLive

@Suite struct CoresTests {
    @Test(arguments: [
        ("Cpus_allowed:\t3\n", 2), ("Name:\ta\nCpus_allowed:\tff,ffffffff\nCpus_allowed_list:\t0-39\n", 40), ("Cpus_allowed:\t0\n", 0),
    ])
    func theMaskOfAllowedCoresIsCounted(_ text: String, _ count: Int) { #expect(Cores.allowed(in: text) == count) }

    @Test(arguments: ["", "Cpus_allowed_list:\t0-1", "garbage"]) func noMaskIsNoAnswer(_ text: String) {
        #expect(Cores.allowed(in: text) == nil)
    }

    @Test func thereIsOneAtLeast() { #expect(Cores.usable >= 1) }
}
