import Testing

/// Configurations in the styles that are found in public projects, and what each of them means.
struct NginxSample: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var text: String
    var outline: [String]
    var unseen = 0

    init(_ name: String, _ text: String, _ outline: [String], unseen: Int = 0) {
        (testDescription, self.text, self.outline, self.unseen) = (name, text, outline, unseen)
    }

    static func http(_ name: String, _ text: String, _ outline: [String], unseen: Int = 0) -> NginxSample {
        NginxSample(name, "events {}\nhttp {\n\(text)\n}\n", outline, unseen: unseen)
    }
}

extension NginxSample {
    static let all: [NginxSample] = [
        .http(
            "a static page", "server { listen 80; server_name a.test; root /srv/a; index index.html; }", ["site a.test [80] root=/srv/a"]),
        .http(
            "a page with a backend",
            """
            server {
                listen 127.0.0.1:8080;
                server_name chat.aurora.local;
                root /opt/aurora;
                location / { try_files $uri $uri/ /robbie-unified-interface.html; }
                location /api/ { proxy_pass http://127.0.0.1:8000; }
            }
            """,
            [
                "site chat.aurora.local [127.0.0.1:8080] root=/opt/aurora", "  / try=$uri,$uri/,/robbie-unified-interface.html",
                "  /api/ http->127.0.0.1:8000",
            ]),
        .http(
            "a path that is replaced", "server { location /old/ { proxy_pass http://localhost:9000/new/; } }",
            ["site * [80]", "  /old/ http->localhost:9000 path=/new/"]),
        .http(
            "a group of servers",
            """
            upstream app { least_conn; server 10.0.0.1:8000 weight=5; server 10.0.0.2:8000 backup; server 10.0.0.3 down; keepalive 16; }
            server { listen 80; location / { proxy_pass http://app; } }
            """,
            [
                "upstream app: 10.0.0.1:8000 x5, 10.0.0.2:8000 backup, 10.0.0.3 down", "site * [80]",
                "  / http->10.0.0.1:8000,10.0.0.2:8000 via app",
            ]),
        .http(
            "a group that stands below its use", "server { location / { proxy_pass http://b/x; } } upstream b { server unix:/run/b.sock; }",
            ["upstream b: unix:/run/b.sock", "site * [80]", "  / http->unix:/run/b.sock path=/x via b"]),
        .http(
            "every kind of location",
            #"""
            server {
                location = /exact { return 204; }
                location =/joined { return 204; }
                location ^~ /static/ { alias /srv/static/; }
                location ~ \.php$ { fastcgi_pass unix:/run/php/php8.2-fpm.sock; }
                location ~* "\.(?:jpg|png){1,2}$" { expires 30d; }
                location @fallback { proxy_pass http://127.0.0.1:3000; }
                location / { try_files $uri @fallback; }
            }
            """#,
            [
                "site * [80]", "  = /exact", "  = /joined", "  ^~ /static/ alias=/srv/static/",
                #"  ~ \.php$ fastcgi->unix:/run/php/php8.2-fpm.sock"#,
                #"  ~* \.(?:jpg|png){1,2}$"#, "  @fallback http->127.0.0.1:3000", "  / try=$uri,@fallback",
            ]),
        .http(
            "locations in locations", "server { location /a/ { root /x; location /a/b/ { root /y; location = /a/b/c { alias /z; } } } }",
            ["site * [80]", "  /a/ root=/x", "    /a/b/ root=/y", "      = /a/b/c alias=/z"]),
        .http(
            "TLS beside a redirect",
            """
            server { listen 80 default_server; listen [::]:80 default_server; server_name _; return 301 https://$host$request_uri; }
            server { listen 443 ssl http2; listen [::]:443 ssl http2; server_name a.test www.a.test;
                ssl_certificate /etc/letsencrypt/live/a.test/fullchain.pem; ssl_certificate_key /etc/letsencrypt/live/a.test/privkey.pem;
                root /var/www/html; }
            """,
            ["site _ [80 default, :::80 default]", "site a.test www.a.test [443 tls, :::443 tls] root=/var/www/html"]),
        .http(
            "an old switch for TLS, and HTTP/3",
            "server { listen 443; ssl on; listen 443 quic reuseport; server_name q.test; }", ["site q.test [443 tls, 443 tls udp]"]),
        .http(
            "a web socket with a map",
            """
            map $http_upgrade $connection_upgrade { default upgrade; '' close; "~*web;socket" "a{b}"; }
            server { location /ws/ { proxy_pass http://127.0.0.1:8001; proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;
                proxy_set_header Connection $connection_upgrade; } }
            """,
            ["map $http_upgrade -> $connection_upgrade", "site * [80]", "  /ws/ http->127.0.0.1:8001"]),
        .http(
            "names by pattern",
            #"server { server_name ~^(?<sub>.+)\.a\.test$ *.b.test .c.test ""; server_name "~^d{2}\.test$"; }"#,
            [#"site ~^(?<sub>.+)\.a\.test$ *.b.test .c.test ~^d{2}\.test$ [80]"#]),
        .http(
            "inherited root and index", "root /srv/all; index a.html b.html; server { server_name i.test; } server { root /srv/own; }",
            ["site i.test [80] root=/srv/all", "site * [80] root=/srv/own"]),
        .http(
            "blocks of Lua with braces in strings and comments",
            """
            init_by_lua_block { local t = { a = "}" } -- }
              s = [==[ } ]] ]==] --[[ } ]] }
            server { location / { content_by_lua_block { ngx.say('{"a": 1}', "\\"}") } } location /b { root /b; } }
            """,
            ["site * [80]", "  /", "  /b root=/b"], unseen: 1),
        .http(
            "a target computed for each request",
            "server { location / { set $up http://127.0.0.1:1; proxy_pass $up; } location /x { proxy_pass http://${host}:8000; } }",
            ["site * [80]", "  / tcp->", "  /x http->"], unseen: 2),
        .http(
            "a condition that decides", "server { location / { if ($request_method = POST) { proxy_pass http://127.0.0.1:1; } root /a; } }",
            ["site * [80]", "  / root=/a"], unseen: 1),
        NginxSample(
            "streams",
            """
            events {}
            stream {
                upstream pg { server 127.0.0.1:5433; }
                server { listen 127.0.0.1:5432; proxy_pass pg; }
                server { listen 53 udp; proxy_pass 127.0.0.1:5353; }
            }
            """,
            [
                "upstream pg: 127.0.0.1:5433", "stream * [127.0.0.1:5432] tcp->127.0.0.1:5433 via pg",
                "stream * [53 udp] tcp->127.0.0.1:5353",
            ]),
        .http(
            "uwsgi and gRPC",
            """
            server { location / { include uwsgi_params; uwsgi_pass unix:///run/uwsgi/app.sock; }
                     location /rpc { grpc_pass grpcs://127.0.0.1:50051; } location /cgi { scgi_pass localhost:4000; } }
            """,
            ["site * [80]", "  / uwsgi->unix:/run/uwsgi/app.sock", "  /rpc grpcs->127.0.0.1:50051", "  /cgi scgi->localhost:4000"],
            unseen: 1),
        .http(
            "comments, quotes and escapes everywhere",
            """
            # server { listen 1; }
            server { # a comment with ; and {
                listen 80;# right behind
                server_name "quoted name" 'single' esc\\ aped a#b;
                root "/srv/with space";
                add_header X "semicolon; brace } \\"quote\\"";
            }
            """,
            [#"site quoted name single esc\ aped a#b [80] root=/srv/with space"#]),
        .http(
            "listening on a unix socket", "server { listen unix:/run/n.sock ssl; listen localhost; listen *:81; server_name u.test; }",
            ["site u.test [unix:/run/n.sock tls, localhost:80, 81]"]),
        .http(
            "a TLS backend with a password in the address",
            "server { location / { proxy_pass https://user:hunter2@127.0.0.1:8443/a/; proxy_redirect off; } }",
            ["site * [80]", "  / https->127.0.0.1:8443 path=/a/"]),
        .http(
            "Windows line ends and tabs", "server {\r\n\tlisten\t8081;\r\n\tserver_name\tw.test;\r\n\troot C:/www;\r\n}\r\n",
            ["site w.test [8081] root=C:/www"]),
    ]
}
