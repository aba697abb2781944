/// Finds what already uses addresses that the mesh wants.
enum AddressClashes {
    /// Wider routes than this stand for "everything else", as the default route does.
    private static let widest = 8

    static func with(
        _ wanted: IPv4Network, interfaces: [NetworkInterface], routes: [NetworkRoute], docker: [(name: String, range: IPv4Network)]
    ) -> [AddressClash] {
        let docked = docker.map { (range: $0.range, clash: AddressClash(range: "\($0.range)", by: "docker network '\($0.name)'")) }
        let direct = interfaces.flatMap { interface in
            interface.addresses.compactMap { address in
                IPv4Network(address).map {
                    (range: $0, clash: AddressClash(range: address, by: "address of '\(interface.name)'", interface: interface.name))
                }
            }
        }
        let routed = routes.filter { $0.destination.prefix >= widest }.map { route in
            let clash = AddressClash(
                range: "\(route.destination)", by: "route of '\(route.interface)'", interface: route.interface)
            return (range: route.destination, clash: clash)
        }
        // A network of Docker is an address and a route as well, an address brings its route along: the first of them says it all.
        var told: Set<IPv4Network> = []
        return (docked + direct + routed).filter { $0.range.overlaps(wanted) && told.insert($0.range).inserted }.map(\.clash)
    }
}
