public import Foundation

/// How a machine is connected.
public struct NetworkFacts: Sendable, Equatable, Codable {
    public var interfaces: [NetworkInterface] = []
    /// Routes of the main table, IPv4 only.
    public var routes: [NetworkRoute] = []
    public var wireGuard: [WireGuardFacts] = []
    /// What is in the way of the mesh's range of addresses.
    public var clashes: [AddressClash] = []

    public init() {}
}

public struct NetworkInterface: Sendable, Equatable, Codable {
    public var name: String
    /// With their prefix, as in `192.0.2.2/24`.
    public var addresses: [String]

    public init(name: String, addresses: [String] = []) { (self.name, self.addresses) = (name, addresses) }
}

public struct NetworkRoute: Sendable, Equatable, Codable {
    public var destination: IPv4Network
    /// Nil for networks that are directly there.
    public var gateway: String?
    public var interface: String

    public init(destination: IPv4Network, gateway: String? = nil, interface: String) {
        (self.destination, self.gateway, self.interface) = (destination, gateway, interface)
    }
}

/// An interface of WireGuard. Private and shared keys are never read into it.
public struct WireGuardFacts: Sendable, Equatable, Codable {
    public var interface: String
    public var publicKey: String?
    public var listenPort: Int?
    public var peers: [WireGuardPeer]
    /// Its file below `/etc/wireguard`.
    public var file: String?
    /// False for one that is only written down.
    public var isUp: Bool

    public init(
        interface: String, publicKey: String? = nil, listenPort: Int? = nil, peers: [WireGuardPeer] = [], file: String? = nil,
        isUp: Bool = true
    ) {
        self.interface = interface
        self.publicKey = publicKey
        self.listenPort = listenPort
        self.peers = peers
        self.file = file
        self.isUp = isUp
    }
}

public struct WireGuardPeer: Sendable, Equatable, Codable {
    public var publicKey: String
    public var endpoint: String?
    public var allowedRanges: [String]
    public var lastHandshake: Date?
    public var keepAliveSeconds: Int?

    public init(
        publicKey: String, endpoint: String? = nil, allowedRanges: [String] = [], lastHandshake: Date? = nil, keepAliveSeconds: Int? = nil
    ) {
        self.publicKey = publicKey
        self.endpoint = endpoint
        self.allowedRanges = allowedRanges
        self.lastHandshake = lastHandshake
        self.keepAliveSeconds = keepAliveSeconds
    }
}

/// Something that already uses addresses which the mesh wants.
public struct AddressClash: Sendable, Equatable, Codable {
    /// The range that is in use.
    public var range: String
    /// By what: `route of 'eth0'`, `docker network 'web'`.
    public var by: String
    public var interface: String?

    public init(range: String, by: String, interface: String? = nil) { (self.range, self.by, self.interface) = (range, by, interface) }
}
