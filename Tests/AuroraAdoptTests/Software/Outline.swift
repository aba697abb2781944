@testable import AuroraAdopt

/// What a web server does in a few lines, so that a test can show all of it.
enum Outline {
    static func lines(_ facts: WebServerFacts) -> [String] {
        facts.upstreams.map { "upstream \($0.name): " + $0.servers.map(server).joined(separator: ", ") }
            + facts.maps.map { "map \($0.source) -> \($0.variable)" } + facts.sites.flatMap(site)
    }

    private static func server(_ server: UpstreamGroup.Server) -> String {
        server.address + (server.weight.map { " x\($0)" } ?? "") + (server.isBackup ? " backup" : "") + (server.isDown ? " down" : "")
    }

    private static func site(_ site: WebSite) -> [String] {
        let listens = site.listens.map { listen in
            (listen.socket.map { "unix:\($0)" } ?? (listen.address.map { "\($0):" } ?? "") + "\(listen.port ?? 0)")
                + (listen.isTLS ? " tls" : "") + (listen.isDefault ? " default" : "") + (listen.isUDP ? " udp" : "")
        }
        let head = (site.isStream ? "stream " : "site ") + (site.names.isEmpty ? "*" : site.names.joined(separator: " "))
        return [head + " [" + listens.joined(separator: ", ") + "]" + how(site.root, nil, site.tryFiles, site.proxy)]
            + site.locations.flatMap { location($0, indent: "  ") }
    }

    private static func location(_ location: WebLocation, indent: String) -> [String] {
        let mark = location.match == .prefix || location.match == .named ? "" : location.match.rawValue + " "
        return [indent + mark + location.path + how(location.root, location.alias, location.tryFiles, location.proxy)]
            + location.locations.flatMap { Outline.location($0, indent: indent + "  ") }
    }

    private static func how(_ root: String?, _ alias: String?, _ tries: [String], _ proxy: ProxyTarget?) -> String {
        var text = ""
        if let root { text += " root=\(root)" }
        if let alias { text += " alias=\(alias)" }
        if !tries.isEmpty { text += " try=\(tries.joined(separator: ","))" }
        if let proxy {
            text += " \(proxy.wire.rawValue)->\(proxy.addresses.joined(separator: ","))"
            if let path = proxy.path { text += " path=\(path)" }
            if let name = proxy.upstream { text += " via \(name)" }
        }
        return text
    }
}
