import AuroraModel
import Yams

extension ValueType where Value == [PortMapping] {
    /// `ports:` in short and long form. A range becomes one mapping for each port.
    static var ports: Self {
        let expected = "a list of ports: [ \"8080:80\", { target: 80, published: 8080 } ]"
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            reader.elements(node, expected: expected)?.enumerated().flatMap { index, element in
                reader.enter("[\(index)]", line: element.line) { PortSyntax.read(element, &$0) }
            }
        }
        return Self(label: "list of ports", expected: expected, read: read, show: { .list($0.map { .text(PortSyntax.text($0)) }) })
    }
}

/// A port as compose files write it.
enum PortSyntax {
    static let expected = "[ADDRESS:][PORT OF THE MACHINE:]PORT[/udp], such as \"8080:80\" or \"127.0.0.1:8080:80\""
    /// Longest range; each port of it is opened by itself.
    private static let longestRange = 1000

    static func read(_ node: Node, _ reader: inout Reader) -> [PortMapping] {
        if case .mapping = node { return PortDraft.read(node, &reader) }
        guard let scalar = reader.scalar(node, expected: expected) else { return [] }
        guard let ports = parse(scalar.text) else {
            reader.refuse(scalar.text, expected: expected)
            return []
        }
        return ports
    }

    static func parse(_ text: String) -> [PortMapping]? {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let written = halves.first, let isUDP = isUDP(halves.count > 1 ? halves[1].lowercased() : "tcp") else { return nil }
        var (address, rest) = (nil as String?, written)
        if written.hasPrefix("["), let end = written.firstIndex(of: "]") {
            address = String(written[written.index(after: written.startIndex)..<end])
            rest = written[written.index(after: end)...]
            guard rest.hasPrefix(":") else { return nil }
            rest = rest.dropFirst()
        }
        var parts = rest.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 3, address == nil { address = parts.removeFirst() }
        guard let target = parts.popLast(), parts.count <= 1 else { return nil }
        return mappings(address: address, host: parts.first ?? "", target: target, isUDP: isUDP)
    }

    static func mappings(address: String?, host: String, target: String, isUDP: Bool) -> [PortMapping]? {
        let address = address.flatMap { $0.isEmpty ? nil : $0 }
        guard address.map({ IPAddress.isV4($0) || IPAddress.isV6($0) }) ?? true, let inside = range(target) else { return nil }
        guard !host.isEmpty else { return inside.map { PortMapping(hostAddress: address, hostPort: nil, port: $0, isUDP: isUDP) } }
        guard let outside = range(host), outside.count == inside.count else { return nil }
        return zip(outside, inside).map { PortMapping(hostAddress: address, hostPort: $0, port: $1, isUDP: isUDP) }
    }

    static func isUDP(_ text: String) -> Bool? { ["tcp": false, "udp": true][text] }

    /// `80` or `8000-8010`.
    private static func range(_ text: String) -> ClosedRange<Int>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { port($0) }
        guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else { return nil }
        return last - first < longestRange ? first...last : nil
    }

    private static func port(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = Int(text) else { return nil }
        return (1...65_535).contains(port) ? port : nil
    }

    /// In short form.
    static func text(_ port: PortMapping) -> String {
        let address = port.hostAddress.map { $0.contains(":") ? "[\($0)]:" : "\($0):" } ?? ""
        let host = port.hostPort.map { "\($0):" } ?? (address.isEmpty ? "" : ":")
        return "\(address)\(host)\(port.port)\(port.isUDP ? "/udp" : "")"
    }
}

/// A port in long form.
private struct PortDraft {
    static let schema = Schema<PortDraft>(
        fields: [
            Field("target", \.target, .template, isRequired: true, "The port inside."),
            Field("published", \.published, .template, "The port of the machine; none: any free one."),
            Field("host_ip", \.address, .template, "The address of the machine."),
            Field("protocol", \.transport, .template, "`tcp` or `udp`."),
        ],
        ignored: [
            "mode": "a single machine has no routing mesh", "name": "ports are not told apart by name",
            "app_protocol": "Aurora does not look into what a port speaks",
        ], allowsExtensions: true)

    var target: String?
    var published: String?
    var address: String?
    var transport: String?

    static func read(_ node: Node, _ reader: inout Reader) -> [PortMapping] {
        var draft = PortDraft()
        let expected = "a mapping: { target: 80, published: 8080 }"
        schema.read(node, into: &draft, &reader, expected: expected)
        guard let target = draft.target, !reader.hasErrors(in: reader.path) else { return [] }
        let isUDP = PortSyntax.isUDP(draft.transport?.lowercased() ?? "tcp")
        let ports = isUDP.flatMap {
            PortSyntax.mappings(address: draft.address, host: draft.published ?? "", target: target, isUDP: $0)
        }
        if ports == nil {
            reader.report("\(reader.path) is no port mapping", fix: "use ports from 1 to 65535, tcp or udp, and an IP address")
        }
        return ports ?? []
    }
}
