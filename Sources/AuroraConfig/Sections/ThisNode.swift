import AuroraModel

/// Finds which of the nodes this machine is.
enum ThisNode {
    /// The variable that names it when the host's name does not.
    static let variable = "AURORA_NODE"

    /// Nil, with a finding, if it is none of them; also nil while the nodes themselves have errors.
    static func find(in nodes: [NodeSpec], host: String, named: String?, _ reader: inout Reader) -> NodeSpec? {
        guard !reader.hasErrors(in: "nodes") else { return nil }
        if let named, !named.isEmpty { return find(named, in: nodes, &reader) }
        guard !nodes.isEmpty else { return NodeSpec(name: NodeNames.fromHost(host), role: .lead) }
        let names = [host.lowercased(), NodeNames.fromHost(host)]
        if let node = nodes.first(where: { names.contains($0.name) }) { return node }
        let leads = nodes.filter { $0.role == .lead }
        guard leads.count != 1 else { return leads.first }
        reader.report(
            "no node has the name of this machine, '\(host.clipped)', and there is not one lead to take instead",
            fix: "set \(variable) to one of: \(nodes.map(\.name).joined(separator: ", "))", at: "nodes")
        return nil
    }

    private static func find(_ name: String, in nodes: [NodeSpec], _ reader: inout Reader) -> NodeSpec? {
        if let node = nodes.first(where: { $0.name == name }) { return node }
        guard !nodes.isEmpty else {
            if NodeNames.isValid(name) { return NodeSpec(name: name, role: .lead) }
            reader.report("\(variable) is '\(name.clipped)'", fix: "use \(NodeNames.expected)", at: "nodes")
            return nil
        }
        let known = nodes.map(\.name)
        let guess = nearest(to: name, in: known).map { "did you mean '\($0)'? " } ?? ""
        reader.report(
            "\(variable) is '\(name.clipped)', which is not among the nodes", fix: "\(guess)known: \(known.joined(separator: ", "))",
            at: "nodes")
        return nil
    }
}
