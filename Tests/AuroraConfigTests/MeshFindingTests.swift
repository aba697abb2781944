import AuroraModel
import Testing

@testable import AuroraConfig

/// What the manifest says of several nodes and how they reach one another.
@Suite struct MeshFindingTests {
    private static let two = "nodes: { a: { role: lead, vpn: 10.0.0.1 }, b: { role: gpu, vpn: 10.0.0.2 } }\n"
    private static let token = "node_token: \"${AURORA_NODE_TOKEN}\"\n"
    private static let tokens = "tokens: [ { name: me, scopes: [ admin ], value: \"${AURORA_TOKEN}\" } ]\n"
    private static let environment = ["AURORA_NODE_TOKEN": "0123456789abcdef", "AURORA_TOKEN": "fedcba9876543210"]

    @Test func nodesWithATokenOfTheirOwnListenOnTheVPN() throws {
        let manifest = try manifest(Self.two + Self.token, environment: Self.environment, host: "b")
        #expect(manifest.listen == ["127.0.0.1", "vpn"])
        #expect(manifest.listenAddresses == [.init(host: "127.0.0.1", isVPN: false), .init(host: "10.0.0.2", isVPN: true)])
        #expect(manifest.otherNodes.map(\.name) == ["a"])
    }

    @Test func othersListenWhereTheOperatorSays() throws {
        #expect(try manifest(Self.two, host: "a").listen == ["127.0.0.1"])
        let alone = "nodes: { a: { role: lead, vpn: 10.0.0.1 } }\n" + Self.token
        #expect(try manifest(alone, environment: Self.environment, host: "a").listen == ["127.0.0.1"])
        let written = Self.two + Self.token + "listen: [ 127.0.0.1 ]"
        #expect(try manifest(written, environment: Self.environment, host: "a").listen == ["127.0.0.1"])
        #expect(try manifest(Self.two + "listen: [ vpn ]", host: "b").listenAddresses == [.init(host: "10.0.0.2", isVPN: true)])
    }

    @Test func aNodeWithoutVPNAddressListensWithoutIt() throws {
        let yaml = "nodes: { a: { role: lead, vpn: 10.0.0.1 }, b: { role: gpu } }\nlisten: [ 127.0.0.1, vpn ]"
        #expect(try manifest(yaml, host: "b").listenAddresses == [.init(host: "127.0.0.1", isVPN: false)])
        #expect(
            try words(yaml.replacing("127.0.0.1, ", with: ""), host: "b") == [
                "aurora.yml:2: error: listen names only the VPN address, and the node 'b' has none\n  fix: write listen: [ 127.0.0.1, vpn ]"
            ])
    }

    @Test func nodesThatAskForTokensNeedOneForOneAnother() throws {
        let wrong = Self.two + Self.tokens + "listen: [ 127.0.0.1, vpn ]"
        #expect(
            try words(wrong, environment: Self.environment, host: "a") == [
                "aurora.yml:1: error: there are several nodes and tokens, and no node_token: the nodes would refuse one another\n"
                    + "  fix: write node_token: \"${AURORA_NODE_TOKEN}\", and in '.env' AURORA_NODE_TOKEN= with 16 or more letters and digits"
            ])
        #expect(try words(wrong + "\n" + Self.token, environment: Self.environment, host: "a") == [])
        #expect(try words(Self.two + Self.tokens, environment: Self.environment, host: "a") == [])
    }

    @Test func aNodeTokenIsASecretOfItsOwn() throws {
        let twin = Self.tokens + Self.token.replacing("NODE_TOKEN", with: "TOKEN")
        #expect(try words(twin, environment: Self.environment).first?.contains("node_token is the token 'me' too") == true)
        let short = try words(Self.token, environment: ["AURORA_NODE_TOKEN": "short"])
        #expect(short.first?.hasPrefix("aurora.yml:1: error: node_token has 5 characters") == true)
        #expect(
            try words("node_token: 0123456789abcdef").first?.contains("warning: node_token is a secret written in the manifest") == true)
    }

    @Test(arguments: ["pod", "pod:8004", "ftp://pod", "http://pod:8004/v1", "http://pod/aurora", "http://u:p@pod", "http://"])
    func aNodeURLIsSchemeHostAndPort(url: String) throws {
        let findings = try words("nodes: { a: { role: lead }, b: { role: gpu, url: \"\(url)\" } }", host: "a")
        #expect(findings.count == 1)
        #expect(findings.first?.contains("use scheme, host and port of the node API, such as https://pod.example.com:8004") == true)
    }

    @Test func plainHTTPToAPublicHostIsWarnedOf() throws {
        let yaml = "nodes: { a: { role: lead }, b: { role: gpu, url: \"http://pod.example.com:8004\" } }"
        #expect(
            try words(yaml, host: "a") == [
                "aurora.yml:1: warning: nodes.b.url is plain HTTP to a public host: tokens and prompts can be read on the way\n"
                    + "  fix: use https://, or reach the node over the VPN"
            ])
        #expect(try words(yaml.replacing("http:", with: "https:"), host: "a") == [])
        #expect(try words(yaml.replacing("pod.example.com", with: "10.0.0.2"), host: "a") == [])
    }

    @Test func twoNodesOfOneURLAreRefused() throws {
        let yaml = "nodes: { a: { role: lead, url: \"http://10.0.0.1\" }, b: { role: gpu, url: \"http://10.0.0.1/\" } }"
        #expect(try words(yaml, host: "a").first?.contains("nodes.b.url is 'http://10.0.0.1', the address of 'a'") == true)
    }
}
