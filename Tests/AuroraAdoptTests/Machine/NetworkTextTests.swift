import Foundation
import Testing

@testable import AuroraAdopt

@Suite("Networks")
struct NetworkTextTests {
    private static let routes = """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
        eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
        wg0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
        docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
        bad\t000011AC\t00000000\t0001\t0\t0\t0\t00FF00FF\t0\t0\t0
        short\t0
        """

    @Test func routesOfTheKernel() {
        let routes = NetworkText.routes(Self.routes)
        #expect(
            routes.map { "\($0.destination) \($0.interface)" } == [
                "0.0.0.0/0 eth0", "192.0.2.0/24 eth0", "10.0.0.0/24 wg0", "172.17.0.0/16 docker0",
            ])
        #expect(routes.map(\.gateway) == ["192.0.2.1", nil, nil, nil])
    }

    @Test func interfacesAsIpTellsThem() throws {
        let json = """
            [{"ifname":"lo","addr_info":[{"family":"inet","local":"127.0.0.1","prefixlen":8},{"family":"inet6","local":"::1","prefixlen":128}]},
            {"ifname":"eth0","addr_info":[{"local":"192.0.2.2","prefixlen":24},{"local":7},3]},{"addr_info":[]},5,{"ifname":"x"}]
            """
        #expect(
            try #require(NetworkText.interfaces(json: json)) == [
                NetworkInterface(name: "lo", addresses: ["127.0.0.1/8", "::1/128"]),
                NetworkInterface(name: "eth0", addresses: ["192.0.2.2/24"]), NetworkInterface(name: "x"),
            ])
        for text in ["", "{}", "[", "Object \"addr\" is unknown"] { #expect(NetworkText.interfaces(json: text) == nil) }
    }

    @Test func withoutIpTheKernelTellsAddresses() {
        let trie = """
            Main:
              +-- 0.0.0.0/0 3 0 5
                 +-- 127.0.0.0/8 2 0 2
                    |-- 127.0.0.1
                       /32 host LOCAL
                 |-- 192.0.2.0
                    /24 link UNICAST
                 |-- 192.0.2.2
                    /32 host LOCAL
            Local:
                 |-- 192.0.2.2
                    /32 host LOCAL
                 |-- nonsense
                    /32 host LOCAL
            """
        let addresses = NetworkText.localAddresses(fibTrie: trie)
        #expect(addresses == ["127.0.0.1", "192.0.2.2"])
        let found = NetworkText.interfaces(names: ["eth0", "lo", "wg0"], addresses: addresses, routes: NetworkText.routes(Self.routes))
        #expect(
            found == [
                NetworkInterface(name: "eth0", addresses: ["192.0.2.2"]), NetworkInterface(name: "lo", addresses: ["127.0.0.1"]),
                NetworkInterface(name: "wg0"),
            ])
    }

    @Test func networksOfDocker() {
        let json = """
            [{"Name":"bridge","IPAM":{"Config":[{"Subnet":"172.17.0.0/16","Gateway":"172.17.0.1"}]}},{"Name":"none","IPAM":{"Config":null}},
            {"Name":"web","IPAM":{"Config":[{"Subnet":"10.0.0.0/24"},{"Subnet":"fd00::/64"},{"Subnet":3}]}},{"Name":1},[],{"Name":"x"}]
            """
        #expect(NetworkText.dockerNetworks(json: json).map { "\($0.name) \($0.range)" } == ["bridge 172.17.0.0/16", "web 10.0.0.0/24"])
    }

    @Test(arguments: [
        ("10.0.0.0/24", true), ("10.0.0.128/25", true), ("10.0.0.7", true), ("10.0.0.0/8", true), ("10.0.1.0/24", false),
        ("0.0.0.0/0", true), ("192.168.0.0/16", false),
    ])
    func rangesOverlap(text: String, overlaps: Bool) throws {
        let mesh = try #require(IPv4Network("10.0.0.0/24"))
        let other = try #require(IPv4Network(text))
        #expect(mesh.overlaps(other) == overlaps)
        #expect(other.overlaps(mesh) == overlaps)
    }

    @Test(arguments: [
        "", "/", "10.0.0/24", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.256", "10.0.0.0/24/1", "a.b.c.d", "+1.2.3.4", "10.0.0.0/", "::/0",
    ])
    func whatIsNoRangeIsRefused(text: String) { #expect(IPv4Network(text) == nil) }

    @Test func aRangeIsWrittenAsItsNetwork() throws {
        let range = try #require(IPv4Network("10.1.2.3/16"))
        #expect("\(range)" == "10.1.0.0/16")
        let data = try JSONEncoder().encode([range])
        #expect(try JSONDecoder().decode([IPv4Network].self, from: data) == [range])
        #expect(throws: (any Error).self) { try JSONDecoder().decode([IPv4Network].self, from: Data(#"["x"]"#.utf8)) }
    }

    @Test func clashesNameWhatIsInTheWay() throws {
        let mesh = try #require(IPv4Network("10.0.0.0/24"))
        let home = try #require(IPv4Network("10.0.0.0/8"))
        let clashes = AddressClashes.with(
            mesh,
            interfaces: [
                NetworkInterface(name: "eth0", addresses: ["10.0.0.5/24", "fe80::1/64"]),
                NetworkInterface(name: "br-1", addresses: ["10.0.0.129/25"]),
                NetworkInterface(name: "lo", addresses: ["127.0.0.1/8"]),
            ],
            routes: NetworkText.routes(Self.routes) + [NetworkRoute(destination: home, gateway: "10.9.9.9", interface: "tun0")],
            docker: [("web", try #require(IPv4Network("10.0.0.128/25"))), ("bridge", try #require(IPv4Network("172.17.0.0/16")))])
        #expect(
            clashes == [
                AddressClash(range: "10.0.0.128/25", by: "docker network 'web'"),
                AddressClash(range: "10.0.0.5/24", by: "address of 'eth0'", interface: "eth0"),
                AddressClash(range: "10.0.0.0/8", by: "route of 'tun0'", interface: "tun0"),
            ])
    }
}

@Suite("WireGuard")
struct WireGuardTextTests {
    @Test func keysThatAreSecretAreNotKept() throws {
        let text = """
            wg0\tPRIVATE=\tPUBLIC=\t51820\toff
            wg0\tPEER1=\tSHARED=\t203.0.113.9:51820\t10.0.0.2/32,10.0.0.0/24\t1763888400\t1024\t2048\t25
            wg0\tPEER2=\t(none)\t(none)\t(none)\t0\t0\t0\toff
            wg1\tPRIVATE2=\t(none)\t0\toff
            """
        let found = WireGuardText.interfaces(text)
        #expect(
            found == [
                WireGuardFacts(
                    interface: "wg0", publicKey: "PUBLIC=", listenPort: 51_820,
                    peers: [
                        WireGuardPeer(
                            publicKey: "PEER1=", endpoint: "203.0.113.9:51820", allowedRanges: ["10.0.0.2/32", "10.0.0.0/24"],
                            lastHandshake: Date(timeIntervalSince1970: 1_763_888_400), keepAliveSeconds: 25),
                        WireGuardPeer(publicKey: "PEER2="),
                    ]), WireGuardFacts(interface: "wg1"),
            ])
        let json = String(decoding: try JSONEncoder().encode(found), as: UTF8.self)
        #expect(!json.contains("PRIVATE") && !json.contains("SHARED"))
    }

    @Test(arguments: ["", "\n", "\t\t\t\t", "wg0", "a\tb\tc\td\te\tf\tg\th\ti", "Unable to access interface wg0: Operation not permitted"])
    func garbageIsNoInterface(text: String) { #expect(WireGuardText.interfaces(text).isEmpty) }
}
