import Foundation

/// Reads what the kernel and `ip` tell of interfaces and routes.
enum NetworkText {
    /// Routes of `/proc/net/route`: a table of hexadecimal numbers in the byte order of the machine.
    static func routes(_ text: String) -> [NetworkRoute] {
        text.split(separator: "\n").dropFirst().compactMap { line in
            let fields = line.split(whereSeparator: \.isWhitespace)
            guard fields.count > 7, let destination = address(fields[1]), let gateway = address(fields[2]), let mask = address(fields[7]),
                let network = IPv4Network(base: destination, prefix: mask.nonzeroBitCount),
                (~mask &+ 1) & ~mask == 0
            else { return nil }
            let via = gateway == 0 ? nil : IPv4Network.written(gateway)
            return NetworkRoute(destination: network, gateway: via, interface: String(fields[0]))
        }
    }

    private static func address(_ hex: Substring) -> UInt32? { UInt32(hex, radix: 16)?.byteSwapped }

    /// Interfaces and addresses of `ip -j addr`.
    static func interfaces(json: String) -> [NetworkInterface]? {
        guard let links = (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [Any] else { return nil }
        return links.compactMap { link in
            guard let link = link as? [String: Any], let name = link["ifname"] as? String else { return nil }
            let addresses = (link["addr_info"] as? [Any] ?? []).compactMap { entry -> String? in
                guard let entry = entry as? [String: Any], let local = entry["local"] as? String else { return nil }
                return (entry["prefixlen"] as? NSNumber).map { "\(local)/\($0)" } ?? local
            }
            return NetworkInterface(name: name, addresses: addresses)
        }
    }

    /// This machine's own IPv4 addresses of `/proc/net/fib_trie`: each stands on a line, and what it is on the next one.
    static func localAddresses(fibTrie: String) -> [String] {
        let lines = fibTrie.split(separator: "\n")
        let found = zip(lines, lines.dropFirst()).compactMap { line, next -> String? in
            guard next.contains("/32 host LOCAL"), let dashes = line.firstRange(of: "|-- ") else { return nil }
            let address = KernelText.trimmed(line[dashes.upperBound...])
            return IPv4Network.address(address) == nil ? nil : address
        }
        return found.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    /// Interfaces put together from the kernel's files, for machines without `ip`: an address belongs to the interface of the narrowest
    /// route that leads to it.
    static func interfaces(names: [String], addresses: [String], routes: [NetworkRoute]) -> [NetworkInterface] {
        names.map { name in
            let own = addresses.filter { address in
                guard let number = IPv4Network.address(address) else { return false }
                if number >> 24 == 127 { return name == "lo" }
                let route = routes.filter { $0.gateway == nil && $0.destination.contains(number) }.max {
                    $0.destination.prefix < $1.destination.prefix
                }
                return route?.interface == name
            }
            return NetworkInterface(name: name, addresses: own)
        }
    }

    /// Subnets of `docker network inspect`, by the network's name. Swarm's and disabled ones have none.
    static func dockerNetworks(json: String) -> [(name: String, range: IPv4Network)] {
        guard let networks = (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [Any] else { return [] }
        return networks.flatMap { network -> [(name: String, range: IPv4Network)] in
            guard let network = network as? [String: Any], let name = network["Name"] as? String,
                let ranges = (network["IPAM"] as? [String: Any])?["Config"] as? [Any]
            else { return [] }
            return ranges.compactMap { range in
                ((range as? [String: Any])?["Subnet"] as? String).flatMap { IPv4Network($0) }.map { (name, $0) }
            }
        }
    }
}
