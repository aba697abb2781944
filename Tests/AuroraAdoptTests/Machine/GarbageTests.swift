import AuroraModel
import AuroraSystem
import Testing

@testable import AuroraAdopt

/// The same numbers on every run.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        // SplitMix64, Steele and others 2014.
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite("Readers and garbage")
struct GarbageTests {
    private static let rounds = 2_000
    private static let readers: [@Sendable (String) -> Void] = [
        { _ = SocketTable.listening(.tcp, in: $0) + SocketTable.listening(.udp, in: $0) }, { _ = ProcessStat($0) },
        { _ = CgroupText.place($0) }, { _ = CgroupText.ownContainer(mountinfo: $0) }, { _ = KernelText.bootTime(stat: $0) },
        { _ = KernelText.memory("MemTotal", meminfo: $0) }, { _ = KernelText.count(list: $0) }, { _ = KernelText.users(status: $0) },
        { _ = KernelText.names(passwd: $0) }, { _ = DiskText.disks(mounts: $0) }, { _ = DiskText.sizes(df: $0) },
        { _ = NetworkText.routes($0) }, { _ = NetworkText.interfaces(json: $0) }, { _ = NetworkText.localAddresses(fibTrie: $0) },
        { _ = NetworkText.dockerNetworks(json: $0) }, { _ = WireGuardText.interfaces($0) }, { _ = UnitText.listed($0) },
        { _ = UnitText.shown($0) }, { _ = DockerText.projects(of: DockerText.containers(json: $0)) },
        { _ = ProcessCollector.arguments(Array($0.utf8)) }, { _ = ProcessCollector.inode($0) }, { _ = IPv4Network($0) },
    ]

    @Test func noReaderEndsTheProcess() {
        var generator = SeededGenerator(state: 4)
        let machine = Town.machine
        let texts = Array(machine.files.values) + machine.commands.values.map(\.output) + ["0-3,8", "10.0.0.0/24", "socket:[7]"]
        for _ in 0..<Self.rounds {
            guard let text = texts.randomElement(using: &generator) else { return }
            let damaged = Self.damaged(text, &generator)
            for reader in Self.readers { reader(damaged) }
        }
    }

    private static func damaged(_ text: String, _ generator: inout SeededGenerator) -> String {
        var bytes = Array(text.utf8)
        let pieces = ["", ":", "/", "\0", "\n", "\t", "=", "-1", "99999999999999999999", "é", "\u{1F4A9}", "[{", "}]", "\\", "%", "(", ")"]
        for _ in 0..<Int.random(in: 1...6, using: &generator) {
            let start = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, start + Int.random(in: 0...12, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.replaceSubrange(start..<end, with: (pieces.randomElement(using: &generator) ?? "").utf8)
            case 1: bytes.replaceSubrange(start..<end, with: [UInt8.random(in: 0...255, using: &generator)])
            case 2: bytes.insert(contentsOf: bytes[start..<end], at: Int.random(in: 0...bytes.count, using: &generator))
            default: bytes.removeSubrange(end...)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func aMachineOfGarbageIsSurveyed() async {
        var generator = SeededGenerator(state: 9)
        for _ in 0..<40 {
            var machine = Town.machine
            for path in machine.files.keys.sorted() { machine.files[path] = machine.files[path].map { Self.damaged($0, &generator) } }
            let calls = machine.commands.keys.sorted()
            for call in calls { machine.commands[call] = machine.commands[call].map { .done(Self.damaged($0.output, &generator)) } }
            let facts = await SystemSurvey.take(machine)
            #expect(facts.listeners.allSatisfy { (0...65_535).contains($0.port) })
        }
    }
}
