import AuroraModel

/// Rules between services, and between them and the ports of the node.
enum ServiceChecks {
    /// - Parameter reserved: TCP ports that the node itself listens on, with their names.
    static func run(_ services: [ServiceSpec], reserved: [(name: String, port: Int)], _ reader: inout Reader) {
        guard !reader.hasErrors(in: "services") else { return }
        dependencies(services, &reader)
        ports(services, reserved: reserved, &reader)
    }

    private static func dependencies(_ services: [ServiceSpec], _ reader: inout Reader) {
        let known = Dictionary(services.map { ($0.name, $0) }) { first, _ in first }
        let names = services.map(\.name)
        for service in services {
            let place = "services.\(service.name).depends_on"
            for dependency in service.dependsOn {
                guard let other = known[dependency.service] else {
                    let guess = nearest(to: dependency.service, in: names).map { "did you mean '\($0)'? " } ?? ""
                    reader.report(
                        "\(place) names '\(dependency.service.clipped)', which is not among the services",
                        fix: "\(guess)name one of them, or remove it", at: place)
                    continue
                }
                if dependency.condition == .healthy, other.runsOnMachine, other.healthcheck == nil {
                    reader.report(
                        "\(place) waits until '\(other.name)' is healthy, which has no health check",
                        fix: "give '\(other.name)' a 'healthcheck', or wait for service_started", at: place)
                }
            }
        }
        for name in ServiceOrder.circle(in: services) {
            reader.report(
                "services.\(name) depends on itself, by way of others", fix: "remove one of the 'depends_on'",
                at: "services.\(name).depends_on")
        }
    }

    private static func ports(_ services: [ServiceSpec], reserved: [(name: String, port: Int)], _ reader: inout Reader) {
        var owners: [Int: [(service: String, mapping: PortMapping)]] = [:]
        for service in services {
            // The catalog's own port is written nowhere: then the service itself is the place.
            let written = "services.\(service.name).ports"
            let place = reader.line(of: written) == nil ? "services.\(service.name)" : written
            for mapping in service.usedPorts {
                guard let port = mapping.hostPort else { continue }
                if let own = reserved.first(where: { $0.port == port && !mapping.isUDP }) {
                    reader.report(
                        "\(place) has the port \(port), which this node uses as '\(own.name)'", fix: "use another port", at: place)
                }
                if let other = owners[port]?.first(where: { $0.mapping.clashes(with: mapping) }) {
                    let owner = other.service == service.name ? "twice" : "which '\(other.service)' has too"
                    reader.report("\(place) has the port \(port), \(owner)", fix: "give each its own port", at: place)
                }
                owners[port, default: []].append((service.name, mapping))
            }
        }
    }
}

extension ServiceSpec {
    /// The ports as written, or the one that the catalog gives.
    fileprivate var usedPorts: [PortMapping] {
        guard ports.isEmpty, let catalog else { return ports }
        return [PortMapping(hostPort: catalog.port, port: catalog.port)]
    }
}

extension PortMapping {
    /// Whether both cannot be open at once; the same port of the machine is known.
    fileprivate func clashes(with other: PortMapping) -> Bool {
        guard isUDP == other.isUDP else { return false }
        guard let mine = hostAddress, let theirs = other.hostAddress else { return true }
        return mine == theirs || IPAddress.isAny(mine) || IPAddress.isAny(theirs)
    }
}
