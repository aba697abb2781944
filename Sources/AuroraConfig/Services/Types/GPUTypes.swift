import AuroraModel
import Yams

extension ValueType where Value == GPUReservation {
    /// `gpus:`: `all`, a number, or a list with one mapping.
    static var gpus: Self {
        let expected = "'all', a number of GPUs, or [ { driver: nvidia, count: 1 } ]"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            if case .sequence = node { return GPUDraft.readList(node, &reader) }
            return ValueType<GPUReservation.Count>.gpuCount.read(node, &reader).map { GPUReservation(count: $0) }
        }
        return Self(label: "all, number or list", expected: expected, read: read, show: GPUDraft.shown)
    }

    /// `deploy.resources.reservations.devices`: a list with one mapping, whose capabilities name `gpu`.
    static var gpuDevices: Self {
        Self(
            label: "list", expected: "[ { driver: nvidia, count: 1, capabilities: [ gpu ] } ]",
            read: { node, reader in GPUDraft.readList(node, &reader) }, show: GPUDraft.shown)
    }
}

extension ValueType where Value == GPUReservation.Count {
    fileprivate static var gpuCount: Self {
        .scalar("all or number", expected: "'all' or a number from 1 to 64", show: { .text("\($0)") }) { text in
            text == "all" || text == "-1" ? .all : Int(text).flatMap { (1...64).contains($0) ? .some($0) : nil }
        }
    }
}

private struct GPUDraft {
    static let schema = Schema<GPUDraft>(
        fields: [
            Field("driver", \.driver, .template, "`nvidia`, `amd`, …"),
            Field("count", \.count, .gpuCount, "`all`, or how many."),
            Field("device_ids", \.devices, .list(.template), "Which ones, by number or id."),
            Field("capabilities", \.capabilities, .list(.template), "`gpu`, and what else it should do."),
        ],
        ignored: ["options": "drivers get no options"])

    var driver: String?
    var count: GPUReservation.Count?
    var devices: [String]?
    var capabilities: [String]?

    static func readList(_ node: Node, _ reader: inout Reader) -> GPUReservation? {
        guard let elements = reader.elements(node, expected: "a list with one mapping: [ { count: 1 } ]") else { return nil }
        guard elements.count == 1, let element = elements.first else {
            reader.report("\(reader.path) has \(elements.count) entries", fix: "reserve GPUs by one entry with 'count' or 'device_ids'")
            return nil
        }
        var draft = GPUDraft()
        reader.enter("[0]", line: element.line) {
            schema.read(element, into: &draft, &$0, expected: "a mapping: { driver: nvidia, count: 1, capabilities: [ gpu ] }")
        }
        guard !reader.hasErrors(in: reader.path) else { return nil }
        return draft.built(&reader)
    }

    private func built(_ reader: inout Reader) -> GPUReservation? {
        let isGPU = capabilities?.contains { ["gpu", "nvidia", "compute"].contains($0) } ?? true
        guard isGPU, count == nil || devices == nil else {
            reader.report(
                "\(reader.path) reserves something other than GPUs, or by number and by id",
                fix: "use [ { count: 1, capabilities: [ gpu ] } ]")
            return nil
        }
        return GPUReservation(driver: driver, count: devices.map(GPUReservation.Count.devices) ?? count ?? .all)
    }

    static func shown(_ gpus: GPUReservation) -> Shown {
        var entries: [(key: String, value: Shown)] = gpus.driver.map { [("driver", .text($0))] } ?? []
        switch gpus.count {
        case .all: entries.append(("count", .text("all")))
        case .some(let count): entries.append(("count", .int(count)))
        case .devices(let ids): entries.append(("device_ids", .list(ids.map(Shown.text))))
        }
        return .list([.mapping(entries + [("capabilities", .list([.text("gpu")]))])])
    }
}
