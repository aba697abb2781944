import AuroraModel

/// Asks the tools of GPUs' drivers; cards without one are at least named.
struct GPUCollector: Sendable {
    let timed: TimedMachine

    func collect() async -> Look<[GPUReport]> {
        var look = Look<[GPUReport]>([])
        let answers = await withTaskGroup(of: (Int, Look<[GPUReport]>).self) { group in
            for (place, tool) in GPUTool.all.enumerated() { group.addTask { (place, await ask(tool)) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (_, answer) in answers.sorted(by: { $0.0 < $1.0 }) {
            look.value += answer.value
            look.unseen += answer.unseen
        }
        let known = Set(look.value.map(\.vendor))
        let cards = await withinLimit(timed.time.limit) { [machine = timed.machine] in Self.cards(of: machine) } ?? []
        let silent = cards.filter { !known.contains($0.vendor) }
        look.value += silent
        if let first = silent.first, look.unseen.isEmpty {
            let why = "no tool of its driver is there"
            look.unseen.append(Unseen("memory and load of '\(first.name)'", why: why, fix: "install the driver of the GPU with its tools"))
        }
        return look
    }

    private func ask(_ tool: GPUTool) async -> Look<[GPUReport]> {
        for program in [tool.name] + tool.folders.map({ "\($0)/\(tool.name)" }) {
            switch await timed.ask(program, tool.arguments) {
            case .done(let output): return Look(tool.read(output))
            case .failed(let why): return Look([], unseen: [Unseen("what '\(tool.name)' tells of GPUs", why: why)])
            case .missing: continue
            }
        }
        return Look([])
    }

    /// Cards on the PCI bus of makers whose GPUs can compute.
    private static func cards(of machine: any MachineReading) -> [GPUReport] {
        let folder = "/sys/bus/pci/devices"
        let makers = ["0x10de": ("NVIDIA", "nvidia"), "0x1002": ("AMD", "amd")]
        return ((try? machine.list(folder)).flatMap(\.self) ?? []).compactMap { slot in
            func told(_ name: String) -> String? {
                (try? machine.text("\(folder)/\(slot)/\(name)", limit: 64)).flatMap(\.self).map { KernelText.trimmed($0) }
            }
            // Classes 0x03 and 0x12: displays, and accelerators that have none.
            guard let kind = told("class"), kind.hasPrefix("0x03") || kind.hasPrefix("0x12"),
                let (maker, vendor) = told("vendor").flatMap({ makers[$0] })
            else { return nil }
            return GPUReport(name: told("device").map { "\(maker) GPU \($0)" } ?? "\(maker) GPU", vendor: vendor)
        }
    }
}
