import AuroraModel

/// What no option can know by itself: rules between options. Pure, over the finished manifest and the lines it came from.
enum ManifestChecks {
    static func run(_ manifest: Manifest, _ reader: inout Reader) {
        engines(manifest, &reader)
        ports(manifest.ports, &reader)
        tokens(manifest.tokens, &reader)
        listen(manifest, &reader)
        NodeChecks.run(manifest, &reader)
        commands(manifest, &reader)
        ModelChecks.run(manifest, &reader)
        let reserved = [("gateway", manifest.ports.gateway), ("chat", manifest.ports.chat), ("console", manifest.ports.console)]
        ServiceChecks.run(manifest.services, reserved: reserved.filter { $0.1 != 0 }, &reader)
    }

    private static func commands(_ manifest: Manifest, _ reader: inout Reader) {
        guard !reader.hasErrors(in: "nodes") else { return }
        let known = manifest.nodes.isEmpty ? [manifest.thisNode.name] : manifest.nodes.map(\.name)
        for command in manifest.commands {
            for (index, node) in command.on.enumerated() where !known.contains(node) {
                let guess = nearest(to: node, in: known).map { "did you mean '\($0)'? " } ?? ""
                reader.report(
                    "commands.\(command.name).on has '\(node)', which is not among the nodes",
                    fix: "\(guess)known: \(known.joined(separator: ", "))", at: "commands.\(command.name).on[\(index)]")
            }
        }
    }

    private static func engines(_ manifest: Manifest, _ reader: inout Reader) {
        let kept = Set(manifest.keep.map(\.name))
        for engine in manifest.engines where kept.contains(engine.name) {
            reader.report(
                "engines.\(engine.name) has the name of keep.\(engine.name)",
                fix: "give one another name; a kept engine need not stand under 'engines'",
                at: "engines.\(engine.name)")
        }
        for (first, second) in repeats(in: manifest.keep.compactMap(\.engine) + manifest.engines, by: \.url) where first.name != second.name
        {
            let section = kept.contains(second.name) ? "keep" : "engines"
            reader.report(
                "\(section).\(second.name).url is '\(second.url)', the address of '\(first.name)'", fix: "list each engine once",
                at: "\(section).\(second.name).url")
        }
    }

    private static func ports(_ ports: Manifest.Ports, _ reader: inout Reader) {
        guard !reader.hasErrors(in: "ports") else { return }
        let used = [("gateway", ports.gateway), ("chat", ports.chat), ("console", ports.console)].filter { $0.1 != 0 }
        for (first, second) in repeats(in: used, by: { $0.1 }) {
            let written = ["ports.\(second.0)", "ports.\(first.0)", "ports"].first { reader.line(of: $0) != nil }
            reader.report("ports.\(second.0) is \(second.1), the port of '\(first.0)'", fix: "give each its own port", at: written)
        }
    }

    private static func tokens(_ tokens: [ManifestToken], _ reader: inout Reader) {
        for (first, _) in repeats(in: tokens, by: \.name) {
            reader.report("two tokens have the name '\(first.name)'", fix: "give each token a name of its own", at: "tokens")
        }
        for (first, second) in repeats(in: tokens, by: \.value) {
            reader.report(
                "the tokens '\(first.name)' and '\(second.name)' have the same value", fix: "give each token a value of its own",
                at: "tokens")
        }
    }

    private static func listen(_ manifest: Manifest, _ reader: inout Reader) {
        if manifest.listen.isEmpty {
            reader.report("listen names no address", fix: "write listen: [ 127.0.0.1 ]", at: "listen")
        }
        for (first, _) in repeats(in: manifest.listen, by: { $0 }) {
            reader.report("listen has '\(first)' twice", fix: "name each address once", at: "listen")
        }
        guard manifest.tokens.isEmpty, !reader.hasErrors(in: "tokens") else { return }
        let known = Set(manifest.nodes.compactMap(\.vpn) + [Manifest.ListenAddress.vpnWord])
        for (index, address) in manifest.listen.enumerated() where !IPAddress.isLoopback(address) {
            let fix = "add 'tokens', or listen on 127.0.0.1 and the VPN address only"
            if IPAddress.isAny(address) {
                reader.report(
                    "listen has '\(address)', every address of this machine, and there are no tokens", fix: fix, at: "listen[\(index)]")
            } else if !known.contains(address) {
                reader.warn("whoever reaches '\(address)' can use this node: there are no tokens", fix: fix, at: "listen[\(index)]")
            }
        }
    }

    /// Pairs of an element and the first one with the same key; elements without a key are passed over.
    static func repeats<Element, Key: Hashable>(in elements: [Element], by key: (Element) -> Key?) -> [(Element, Element)] {
        var first: [Key: Element] = [:]
        return elements.compactMap { element in
            guard let key = key(element) else { return nil }
            guard let earlier = first[key] else {
                first[key] = element
                return nil
            }
            return (earlier, element)
        }
    }
}
