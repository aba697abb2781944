import AuroraModel
import Testing

@testable import AuroraAdopt

struct NginxTests {
    static let main = "/etc/nginx/nginx.conf"

    static func read(_ files: [String: String], forbidden: Set<String> = []) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        NginxProbe.read(["nginx: master process nginx"], on: FakeMachine(files: files, forbidden: forbidden))
    }

    @Test(arguments: NginxSample.all)
    func configurationMeansWhatItSays(_ sample: NginxSample) throws {
        let (facts, unseen) = Self.read([Self.main: sample.text])
        #expect(try Outline.lines(#require(facts)) == sample.outline)
        #expect(unseen.count == sample.unseen, "\(unseen)")
    }

    @Test func includesAreRelativeToTheMainFileAndMayBePatterns() throws {
        let (facts, unseen) = Self.read([
            Self.main: "events {} http { include mime.types; include conf.d/*.conf; include sites-enabled/*; }",
            "/etc/nginx/mime.types": "types { text/html html htm; }",
            "/etc/nginx/conf.d/b.conf": "server { server_name b; }\n", "/etc/nginx/conf.d/a.conf": "\n\nserver { server_name a; }",
            "/etc/nginx/conf.d/a.conf.off": "server { server_name off; }", "/etc/nginx/conf.d/.hidden.conf": "server { server_name h; }",
            "/etc/nginx/sites-enabled/default": "server { include ../snippets/names; }",
            "/etc/nginx/sites-enabled/../snippets/names": "never read from here",
            "/etc/nginx/../snippets/names": "server_name fromSnippet;",
        ])
        let sites = try #require(facts).sites
        #expect(sites.map(\.names) == [["a"], ["b"], ["fromSnippet"]])
        #expect(sites[0].place == FilePlace("/etc/nginx/conf.d/a.conf", 3))
        #expect(facts?.files.count == 6)
        #expect(unseen.isEmpty)
    }

    @Test func aFileThatIncludesItselfIsReadOnceAndTold() {
        let (facts, unseen) = Self.read([
            Self.main: "events {} http { include a.conf; server { server_name x; } }",
            "/etc/nginx/a.conf": "include a.conf; include nginx.conf;",
        ])
        #expect(facts?.sites.map(\.names) == [["x"]])
        #expect(unseen.map(\.why) == ["the file includes itself", "the file includes itself"])
        #expect(unseen.first?.what == "/etc/nginx/a.conf:1: include of '/etc/nginx/a.conf'")
    }

    @Test func manyIncludesEndAtALimit() {
        // Each file includes the next one twice: 2^30 readings without a limit.
        var files = [Self.main: "http { include f0; }"]
        for index in 0..<30 { files["/etc/nginx/f\(index)"] = "include f\(index + 1); include f\(index + 1);" }
        files["/etc/nginx/f30"] = "server { }"
        let (facts, unseen) = Self.read(files)
        #expect((facts?.files.count ?? 0) <= ConfigFiles.countLimit)
        #expect(unseen.contains { $0.why.contains("includes over 24 deep") })
    }

    @Test func whatMayNotBeReadIsTold() {
        let key = "/etc/nginx/sites-enabled/secret"
        let (facts, unseen) = Self.read(
            [Self.main: "http { include sites-enabled/*; server { server_name seen; } }", key: ""], forbidden: [key])
        #expect(facts?.sites.map(\.names) == [["seen"]])
        #expect(unseen.map(\.what) == ["/etc/nginx/nginx.conf:1: '\(key)'"])
    }

    @Test(arguments: [
        ("server { listen 80 }", "/etc/nginx/nginx.conf:1: the rest of this file", "'}' inside a directive that has no ';'"),
        ("http {\n server {\n", "/etc/nginx/nginx.conf:3: the rest of this file", "the block 'server' of line 2 is not closed"),
        ("}", "/etc/nginx/nginx.conf:1: the rest of this file", "a '}' too many"),
        ("\n;", "/etc/nginx/nginx.conf:2: the rest of this file", "';' without a directive before it"),
        ("a \"b", "/etc/nginx/nginx.conf:1: the rest of this file", "quotes that are not closed, or text right behind them"),
        ("a \"b\"c;", "/etc/nginx/nginx.conf:1: the rest of this file", "quotes that are not closed, or text right behind them"),
        ("x_by_lua_block { [[ }", "/etc/nginx/nginx.conf:1: the rest of this file", "a block of Lua that is not closed"),
    ])
    func aBrokenFileIsToldWithItsLine(_ text: String, _ what: String, _ why: String) {
        let (_, unseen) = Self.read([Self.main: text])
        #expect(unseen.first?.what == what)
        #expect(unseen.first?.why == why)
    }

    @Test(arguments: [
        (["nginx: master process /usr/sbin/nginx -g daemon on; master_process on;"], nil, nil),
        (["nginx: master process nginx -p /srv/n -c conf/n.conf"], "conf/n.conf", "/srv/n"),
        (["/usr/sbin/nginx", "-c", "/srv/n.conf"], "/srv/n.conf", nil),
        (["/usr/sbin/nginx", "-c/srv/n.conf", "-p/srv"], "/srv/n.conf", "/srv"),
        (["nginx", "-c"], nil, nil),
        ([], nil, nil),
    ])
    func theProcessTellsItsFile(_ arguments: [String], _ file: String?, _ prefix: String?) {
        let told = NginxProbe.told(arguments)
        #expect(told.file == file)
        #expect(told.prefix == prefix)
    }

    @Test func aServerWithoutItsFileIsTold() {
        let (facts, unseen) = NginxProbe.read(["nginx"], on: FakeMachine())
        #expect(facts == nil)
        #expect(unseen.map(\.why) == ["there is no '/etc/nginx/nginx.conf'"])
    }

    @Test func relativeRootsNeedAPrefix() throws {
        let files = ["/srv/n/n.conf": "http { server { root html; } }"]
        let machine = FakeMachine(files: files)
        #expect(NginxProbe.read(["nginx", "-p", "/srv/n/", "-c", "n.conf"], on: machine).facts?.sites.first?.root == "/srv/n/html")
        #expect(NginxProbe.read(["nginx", "-c", "/srv/n/n.conf"], on: machine).facts?.sites.first?.root == "html")
    }
}
