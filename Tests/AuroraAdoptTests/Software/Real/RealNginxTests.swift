import AuroraLive
import AuroraModel
import AuroraSystem
import AuroraTestSupport
import Foundation
import Testing

@testable import AuroraAdopt

@Suite("nginx itself", .enabled(if: RealMachine.program("nginx") != nil, "nginx is not installed"))
struct RealNginxTests {
    static let main = """
        pid nginx.pid; error_log stderr;
        events {}
        http {
            access_log off; include conf.d/*.conf;
            upstream app { server 127.0.0.1:8000 weight=2; server unix:/run/app.sock backup; }
            map $http_upgrade $connection_upgrade { default upgrade; '' close; }
        }
        """
    static let one = """
        server {
            listen 127.0.0.1:18080 default_server; server_name a.test "b.test" ~^c\\d+\\.test$;
            root /srv/a; index index.html;
            location / { try_files $uri $uri/ /index.html; }
            location = /exact { return 204; }
            location ^~ /static/ { alias /srv/static/; location ~* \\.(png|jpg)$ { expires 1d; } }
            location ~ "^/v[0-9]{1,2}/" { proxy_pass http://app; }
        }
        """
    static let two = "server { listen 127.0.0.1:18081; server_name d.test; location /api/ { proxy_pass http://127.0.0.1:9/x/; } }\n"

    /// `nginx -T` checks the configuration and prints all its files; ours are written a directive a line there, so that lines suffice.
    @Test func agreesOnServersAndLocations() async throws {
        try await withTemporaryFolder { folder in
            try RealMachine.write(Self.main, to: "\(folder)/nginx.conf")
            try RealMachine.write(Self.one, to: "\(folder)/conf.d/1.conf")
            try RealMachine.write(Self.two, to: "\(folder)/conf.d/2.conf")
            let dump = try await RealMachine.run("nginx", ["-p", folder, "-c", "nginx.conf", "-T"])
            let (found, unseen) = NginxProbe.read(["nginx", "-p", folder, "-c", "nginx.conf"], on: try RealMachine.here())
            let facts = try #require(found)
            #expect(unseen.isEmpty, "\(unseen)")
            #expect(facts.files == dump.matches(of: #/# configuration file (.+):/#).map { String($0.1) })
            let names = dump.matches(of: #/server_name ([^;]+);/#).map { $0.1.split(separator: " ").map { $0.filter { $0 != "\"" } } }
            #expect(facts.sites.map(\.names) == names)
            let written = dump.matches(of: #/location ([^;]*?) \{ /#).map { $0.1.filter { $0 != "\"" } }
            #expect(facts.sites.flatMap { Self.paths($0.locations) } == written)
            #expect(facts.sites.first?.locations.last?.proxy?.addresses == ["127.0.0.1:8000", "unix:/run/app.sock"])
        }
    }

    private static func paths(_ locations: [WebLocation]) -> [String] {
        locations.flatMap { [[$0.match.rawValue, $0.path].filter { !$0.isEmpty }.joined(separator: " ")] + paths($0.locations) }
    }

    /// What nginx refuses for its grammar, the reader tells as broken, and the other way round.
    @Test(arguments: [
        ("a;", false), ("server_tokens off", true), ("server { ", true), ("} ", true), ("map $a $b { \"x;y\" 'z{'; }", false),
        ("map $a $b { \"x\"y z; }", true), ("add_header A \"b\\\"c\";", false), ("log_format f '${time_local}{';", false),
        ("add_header A b{ c;", true),
    ])
    func agreesOnGrammar(_ text: String, _ isBroken: Bool) async throws {
        try await withTemporaryFolder { folder in
            try RealMachine.write("pid n.pid; error_log stderr; events {}\nhttp {\n\(text)\n}\n", to: "\(folder)/nginx.conf")
            let end = try await RealMachine.here().run(
                "nginx", ["-p", folder, "-c", "nginx.conf", "-t"], environment: [:], limit: .seconds(20))
            let output = try #require(end).output
            let grammar = ["unexpected", "is not terminated", "invalid number of arguments", "has no opening"]
            let refused = grammar.contains { output.contains($0) }
            let (_, unseen) = NginxProbe.read(["nginx", "-p", folder, "-c", "nginx.conf"], on: try RealMachine.here())
            #expect(!unseen.isEmpty == isBroken, "\(unseen)")
            #expect(refused == isBroken, "\(output)")
        }
    }
}
