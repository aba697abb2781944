import Foundation

/// Reads `wg show all dump`: fields between tabs, five for an interface, nine for each of its peers. Its private keys and shared keys are
/// passed over.
enum WireGuardText {
    static func interfaces(_ text: String) -> [WireGuardFacts] {
        var found: [WireGuardFacts] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard let name = fields.first, !name.isEmpty else { continue }
            if fields.count == 5 {
                let port = Int(fields[3]).flatMap { (1...65535).contains($0) ? $0 : nil }
                found.append(WireGuardFacts(interface: name, publicKey: told(fields[2]), listenPort: port))
            } else if fields.count == 9, let place = found.lastIndex(where: { $0.interface == name }) {
                found[place].peers.append(peer(fields))
            }
        }
        return found
    }

    /// `interface public-key shared-key endpoint allowed-ips latest-handshake received sent keep-alive`
    private static func peer(_ fields: [String]) -> WireGuardPeer {
        WireGuardPeer(
            publicKey: fields[1], endpoint: told(fields[3]),
            allowedRanges: told(fields[4])?.split(separator: ",").map(String.init) ?? [],
            lastHandshake: Int64(fields[5]).flatMap { $0 > 0 ? Date(timeIntervalSince1970: Double($0)) : nil },
            keepAliveSeconds: Int(fields[8]).flatMap { (1...65535).contains($0) ? $0 : nil })
    }

    private static func told(_ field: String) -> String? { field.isEmpty || field == "(none)" ? nil : field }
}
