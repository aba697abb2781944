import AuroraModel

/// Rules about the machines of a mesh and how they reach one another.
enum NodeChecks {
    static func run(_ manifest: Manifest, _ reader: inout Reader) {
        leads(manifest.nodes, &reader)
        for (first, second) in ManifestChecks.repeats(in: manifest.nodes, by: \.vpn) {
            reader.report(
                "nodes.\(second.name).vpn is '\(second.vpn ?? "")', the address of '\(first.name)'",
                fix: "give each node a VPN address of its own", at: "nodes.\(second.name).vpn")
        }
        for (first, second) in ManifestChecks.repeats(in: manifest.nodes, by: \.url) {
            reader.report(
                "nodes.\(second.name).url is '\(second.url ?? "")', the address of '\(first.name)'",
                fix: "give each node a URL of its own", at: "nodes.\(second.name).url")
        }
        plainText(manifest, &reader)
        if let twin = manifest.tokens.first(where: { $0.value == manifest.nodeToken }) {
            reader.report("node_token is the token '\(twin.name)' too", fix: "give the nodes a token of their own", at: "node_token")
        }
        token(manifest, &reader)
    }

    /// What is only known once this machine has been found among the nodes.
    ///
    /// Nodes that can prove who they are to one another listen on the VPN by themselves; others only where the operator says so.
    static func finish(_ manifest: inout Manifest, _ reader: inout Reader) {
        if reader.line(of: "listen") == nil, manifest.nodes.count > 1, manifest.nodeToken != nil {
            manifest.listen.append(Manifest.ListenAddress.vpnWord)
        }
        if manifest.listenAddresses.isEmpty, !manifest.listen.isEmpty, !reader.hasErrors(in: "nodes"), !reader.hasErrors(in: "listen") {
            reader.report(
                "listen names only the VPN address, and the node '\(manifest.thisNode.name)' has none",
                fix: "write listen: [ 127.0.0.1, vpn ]", at: "listen")
        }
    }

    private static func leads(_ nodes: [NodeSpec], _ reader: inout Reader) {
        let leads = nodes.filter { $0.role == .lead }
        for extra in leads.dropFirst() {
            reader.report(
                "nodes.\(extra.name) is a second lead beside '\(leads[0].name)'",
                fix: "keep one lead; make the other gpu, workstation or laptop",
                at: "nodes.\(extra.name).role")
        }
    }

    /// With tokens nobody is let in without one, so nodes need one for one another.
    private static func token(_ manifest: Manifest, _ reader: inout Reader) {
        let isReachable = manifest.listen.contains { !IPAddress.isLoopback($0) }
        guard manifest.nodeToken == nil, manifest.nodes.count > 1, !manifest.tokens.isEmpty, isReachable else { return }
        guard !["node_token", "tokens", "nodes", "listen"].contains(where: { reader.hasErrors(in: $0) }) else { return }
        reader.report(
            "there are several nodes and tokens, and no node_token: the nodes would refuse one another",
            fix: "write node_token: \"${AURORA_NODE_TOKEN}\", and in '.env' AURORA_NODE_TOKEN= with 16 or more letters and digits",
            at: reader.line(of: "nodes") == nil ? nil : "nodes")
    }

    /// The node token and all prompts would go over the internet for everybody to read.
    private static func plainText(_ manifest: Manifest, _ reader: inout Reader) {
        for node in manifest.nodes {
            guard let url = node.url.flatMap(ServiceURL.init), url.scheme == "http", let host = url.hosts.first?.name else { continue }
            let bare = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
            guard !PrivateHost.contains(bare) else { continue }
            reader.warn(
                "nodes.\(node.name).url is plain HTTP to a public host: tokens and prompts can be read on the way",
                fix: "use https://, or reach the node over the VPN", at: "nodes.\(node.name).url")
        }
    }
}
