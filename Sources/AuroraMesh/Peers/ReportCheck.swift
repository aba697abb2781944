import AuroraModel

/// Whether a report comes from the node that was asked, and holds only what can be used as it is.
struct ReportCheck {
    private static let workerLimit = 1000
    private static let nameLimit = 128

    let me: NodeIdentity

    /// Throws `conflict` for a report of somebody else, `invalid` for one with impossible values.
    func check(_ report: NodeReport, of target: PeerTarget) throws(AuroraError) {
        try identity(report, target)
        guard (1...65_535).contains(report.gatewayPort) else {
            throw AuroraError(.invalid, "it says that its gateway has port \(report.gatewayPort)")
        }
        guard report.workers.count <= Self.workerLimit else {
            throw AuroraError(.invalid, "it says that it has \(report.workers.count) engines")
        }
        // The name goes into a header and into logs.
        if let worker = report.workers.first(where: { !Self.isPlain($0.name) }) {
            throw AuroraError(
                .invalid, "one of its engines has the name '\(worker.name.filter(\.isLetter).prefix(40))', which cannot be used")
        }
        guard Set(report.workers.map(\.name)).count == report.workers.count else {
            throw AuroraError(.invalid, "two of its engines have the same name")
        }
    }

    private func identity(_ report: NodeReport, _ target: PeerTarget) throws(AuroraError) {
        let told = String(report.node.filter { $0.isASCII && !$0.isWhitespace }.prefix(63))
        guard report.node != me.name else {
            throw AuroraError(
                .conflict, "what answers calls itself '\(me.name)', the name of this node",
                hint: "correct its address under 'nodes:', or set AURORA_NODE on that machine")
        }
        guard report.node == target.name else {
            throw AuroraError(
                .conflict, "what answers calls itself '\(told)'", hint: "correct its address under 'nodes:', or set AURORA_NODE there")
        }
        guard report.mesh == me.mesh else {
            throw AuroraError(
                .conflict, "it belongs to the mesh '\(report.mesh.filter { $0.isASCII }.prefix(63))', and this node to '\(me.mesh)'",
                hint: "write the same 'mesh:' on both")
        }
    }

    private static func isPlain(_ name: String) -> Bool {
        (1...nameLimit).contains(name.utf8.count) && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
    }
}
