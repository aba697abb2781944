import AuroraModel
import Yams

extension ValueType where Value == String {
    /// A text of a service, shown again with its variables by name: `show` gets it as a template.
    static func text(_ label: String, expected: String, parse: @escaping @Sendable (String) -> String? = { $0 }) -> Self {
        .scalar(label, expected: expected, show: { .template($0) }) { text in
            text.isEmpty || text.utf8.contains(0) ? nil : parse(text)
        }
    }

    /// Any text, which may be empty.
    static var template: Self {
        .scalar("text", expected: "a text", show: { .template($0) }) { $0.utf8.contains(0) ? nil : $0 }
    }

    /// A reference to an image, as registries have it.
    static var image: Self {
        text("image", expected: "an image such as redis:7 or ghcr.io/owner/name:tag") { text in
            text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } && !text.hasPrefix("-") ? text : nil
        }
    }

    /// `name`, `name:group`, `uid` or `uid:gid`.
    static var user: Self {
        text("user", expected: "a user: name, uid, name:group or uid:gid") { text in
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            let isValid = parts.allSatisfy { part in
                part.utf8.first.map { $0.continuesName } == true && part.utf8.allSatisfy { $0.continuesName || "-.$".utf8.contains($0) }
            }
            return isValid && parts.count <= 2 ? text : nil
        }
    }

    /// `SIGTERM`, or `TERM`, or a number; always with `SIG` in front where it has a name.
    static var signal: Self {
        text("signal", expected: "the name of a signal, such as SIGTERM, SIGINT or SIGQUIT") { SignalNames.standard($0) }
    }

    /// A folder inside the service.
    static var folderInside: Self {
        text("path", expected: "the path of a folder") { $0.contains("\n") ? nil : $0 }
    }
}

extension ValueType where Value == [String] {
    /// One text, or a list of them.
    static func oneOrMore(_ element: ValueType<String>) -> Self {
        let list = list(element)
        let read: @Sendable (Node, inout Reader) -> [String]? = { node, reader in
            if case .sequence = node { return list.read(node, &reader) }
            return element.read(node, &reader).map { [$0] }
        }
        return Self(label: "text or list", expected: "\(element.expected), or a list of them", read: read, show: list.show)
    }

    /// Names of hosts with their addresses, kept as `name:address`: a list of such texts, or a mapping.
    static var extraHosts: Self {
        let expected = "a list of 'name:address', or a mapping of names to addresses"
        let element = ValueType<String>.text("host", expected: "'name:address', such as db:10.0.0.5", parse: ExtraHosts.standard)
        let list = list(element)
        let read: @Sendable (Node, inout Reader) -> [String]? = { node, reader in
            guard case .mapping = node else { return list.read(node, &reader) }
            return reader.entries(node, expected: expected)?.compactMap { entry in
                reader.enter(entry.key.clipped, line: entry.line) { reader in
                    ValueType<String>.template.read(entry.value, &reader).flatMap { address in
                        let host = ExtraHosts.standard("\(entry.key):\(address)")
                        if host == nil { reader.refuse(address, expected: "an address, such as 10.0.0.5") }
                        return host
                    }
                }
            }
        }
        return Self(label: "list or mapping", expected: expected, read: read, show: list.show)
    }
}

enum SignalNames {
    private static let known: Set<String> = [
        "HUP", "INT", "QUIT", "ABRT", "KILL", "USR1", "USR2", "ALRM", "TERM", "CONT", "STOP", "WINCH", "PWR",
    ]
    private static let numbers = ["1": "HUP", "2": "INT", "3": "QUIT", "6": "ABRT", "9": "KILL", "10": "USR1", "12": "USR2", "15": "TERM"]

    /// With `SIG` in front; nil for what is no signal that could end a service.
    static func standard(_ text: String) -> String? {
        let upper = text.uppercased()
        let name = numbers[upper] ?? (upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper)
        return known.contains(name) || isRealTime(name) ? "SIG\(name)" : nil
    }

    /// `RTMIN+3`: what systemd itself takes.
    private static func isRealTime(_ name: String) -> Bool {
        name.hasPrefix("RTMIN+") && Int(name.dropFirst(6)).map { (0...30).contains($0) } == true
    }
}

enum ExtraHosts {
    /// `name:address`, from that or from `name=address`; nil when one of them is wrong.
    static func standard(_ text: String) -> String? {
        guard let split = text.firstIndex(where: { $0 == "=" || $0 == ":" }) else { return nil }
        let (name, written) = (text[..<split], text[text.index(after: split)...])
        let address = written.hasPrefix("[") && written.hasSuffix("]") ? String(written.dropFirst().dropLast()) : String(written)
        guard HostName.isValid(name), address == "host-gateway" || IPAddress.isV4(address) || IPAddress.isV6(address) else { return nil }
        return "\(name):\(address)"
    }
}
