import AuroraModel
import Testing

@testable import AuroraAdopt

struct CaddyTests {
    static func read(_ text: String, _ more: [String: String] = [:]) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        CaddyReader.read("/etc/caddy/Caddyfile", on: FakeMachine(files: ["/etc/caddy/Caddyfile": text].merging(more) { $1 }))
    }

    @Test(arguments: [
        ("example.com\n\nreverse_proxy localhost:8000", ["site example.com [443 tls] http->localhost:8000"]),
        (":8080 {\n\troot * /srv/www\n\tfile_server\n}", ["site * [8080] root=/srv/www"]),
        (
            "{\n  email a@b.c\n  http_port 8081\n}\nhttp://a.test, www.a.test {\n  encode gzip\n  reverse_proxy /api/* 127.0.0.1:8000 127.0.0.1:8001\n  root * /srv\n}",
            ["site a.test www.a.test [8081, 443 tls] root=/srv", "  /api/ http->127.0.0.1:8000,127.0.0.1:8001"]
        ),
        (
            "a.test {\n  handle /api/* {\n    reverse_proxy {\n      to :9000\n    }\n  }\n  handle {\n    root * /srv/a\n    try_files {path} /index.html\n    file_server\n  }\n}",
            ["site a.test [443 tls] root=/srv/a try={path},/index.html", "  /api/ http->localhost:9000"]
        ),
        (
            "(common) {\n  encode zstd\n  root * /srv/c\n}\na.test,\nb.test {\n  import common\n  @api path /api/* /v1/*\n  reverse_proxy @api unix//run/app.sock\n}",
            ["site a.test b.test [443 tls] root=/srv/c", "  /api/ http->unix:/run/app.sock", "  /v1/ http->unix:/run/app.sock"]
        ),
        (
            "p.test {\n  php_fastcgi 127.0.0.1:9000 # comment\n  reverse_proxy / https://up.test\n}",
            ["site p.test [443 tls] fastcgi->127.0.0.1:9000", "  = / https->up.test:443"]
        ),
        ("import sites/*", ["site s.test [443 tls] http->localhost:1"]),
    ])
    func simpleCaddyfilesAreUnderstood(_ text: String, _ outline: [String]) throws {
        let (facts, unseen) = Self.read(text, ["/etc/caddy/sites/s": "s.test {\n reverse_proxy localhost:1\n}"])
        #expect(try Outline.lines(#require(facts)) == outline)
        #expect(unseen.isEmpty, "\(unseen)")
    }

    @Test(arguments: [
        ("a.test {\n  redir /x /y\n}", "/etc/caddy/Caddyfile:2: 'redir'"),
        ("{$DOMAIN} {\n}", "/etc/caddy/Caddyfile:1: address '{$DOMAIN}'"),
        ("a.test {\n  @post method POST\n  reverse_proxy @post localhost:1\n}", "/etc/caddy/Caddyfile:3: which requests '@post' means"),
        ("a.test {\n  reverse_proxy {\n dynamic srv x\n }\n}", "/etc/caddy/Caddyfile:2: where 'reverse_proxy' leads to"),
        ("a.test {\n", "the rest of '/etc/caddy/Caddyfile'"),
        ("import Caddyfile", "/etc/caddy/Caddyfile:1: include of '/etc/caddy/Caddyfile'"),
        ("a.test {\n  import (gone)\n}", "/etc/caddy/Caddyfile:2: '/etc/caddy/(gone)'"),
    ])
    func whatIsNotUnderstoodIsTold(_ text: String, _ what: String) {
        #expect(Self.read(text).unseen.map(\.what) == [what])
    }
}

struct ApacheTests {
    static let main = "/etc/apache2/apache2.conf"

    static func read(_ files: [String: String]) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        ApacheReader.read(main, on: FakeMachine(files: files))
    }

    @Test func virtualHostsOfDebianAreUnderstood() throws {
        let (facts, unseen) = Self.read([
            Self.main: """
            DefaultRuntimeDir ${APACHE_RUN_DIR}
            IncludeOptional mods-enabled/*.load
            Include ports.conf
            IncludeOptional sites-enabled/*.conf
            """,
            "/etc/apache2/envvars": "export APACHE_RUN_DIR=/var/run/apache2$SUFFIX\nexport WEB=/srv/web\n",
            "/etc/apache2/ports.conf": "Listen 80\n<IfModule ssl_module>\n\tListen 443\n</IfModule>\n",
            "/etc/apache2/mods-enabled/ssl.load": "LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so\n",
            "/etc/apache2/sites-enabled/a.conf": """
            # a site
            <VirtualHost *:80>
                ServerName a.test:80
                ServerAlias www.a.test \\
                    m.a.test
                DocumentRoot "${WEB}/a b"
                <Directory /srv/web>
                    Require all granted
                </Directory>
                ProxyPass /static !
                ProxyPass /api http://127.0.0.1:8000/
                ProxyPass "/php" "unix:/run/php.sock|fcgi://localhost/"
                Alias /files /srv/files
                <Location /app>
                    ProxyPass http://localhost:3000
                </Location>
            </VirtualHost>
            <IfModule mod_ssl.c>
            <VirtualHost _default_:443>
                SSLEngine on
                DirectoryIndex index.php
            </VirtualHost>
            </IfModule>
            """,
        ])
        #expect(
            try Outline.lines(#require(facts)) == [
                "site a.test www.a.test m.a.test [80] root=/srv/web/a b", "  /api http->127.0.0.1:8000 path=/",
                "  /php fastcgi->unix:/run/php.sock", "  /files alias=/srv/files", "  /app http->localhost:3000", "site * [443 tls]",
            ])
        #expect(unseen.isEmpty, "\(unseen)")
        #expect(facts?.sites.first?.place == FilePlace("/etc/apache2/sites-enabled/a.conf", 2))
    }

    @Test(arguments: [
        ("Include gone.conf", "/etc/apache2/apache2.conf:1: '/etc/apache2/gone.conf'"),
        ("DocumentRoot ${NOWHERE}", "/etc/apache2/apache2.conf:1: 'DocumentRoot ${NOWHERE}'"),
        ("<IfModule mod_x.c>\nListen 81\n</IfModule>", "/etc/apache2/apache2.conf:1: what '<IfModule mod_x.c>' holds"),
        ("<VirtualHost *:80>\nRewriteRule ^/(.*) http://x/$1 [P,L]\n</VirtualHost>", "/etc/apache2/apache2.conf:2: 'RewriteRule ^/(.*)'"),
        ("<If \"true\">\nProxyPass / http://a/\n</If>", "/etc/apache2/apache2.conf:1: what '<If true>' holds"),
        ("ProxyPass / balancer://c/", "/etc/apache2/apache2.conf:1: where 'balancer://c/' leads to"),
        ("</VirtualHost>", "the rest of '/etc/apache2/apache2.conf'"),
    ])
    func whatIsNotUnderstoodIsTold(_ text: String, _ what: String) {
        #expect(Self.read([Self.main: text]).unseen.map(\.what) == [what])
    }

    @Test func definitionsThatDoubleEndAtALimit() {
        let lines = ["Define A 0123456789"] + (0..<200).map { _ in "Define A ${A}${A}" } + ["DocumentRoot /${A}"]
        #expect(Self.read([Self.main: lines.joined(separator: "\n")]).facts != nil)
    }
}
