import AuroraModel

extension CatalogEntry {
    /// nginx with the Lua module; what it serves stands in `conf.d` beside its settings.
    static let nginx = CatalogEntry(
        service: .nginx, image: "openresty/openresty:bookworm",
        program: Program(name: "nginx", path: "/usr/sbin/nginx", package: "nginx-light libnginx-mod-http-lua"),
        containerData: "/var/lib/aurora-nginx", dataKind: .memory, files: { [("nginx.conf", settings($0))] },
        arguments: { place in
            let program = place.isContainer ? ["/usr/local/openresty/bin/openresty"] : []
            return program + ["-p", place.data, "-c", "\(place.settings)/nginx.conf", "-e", "stderr", "-g", "daemon off;"]
        },
        health: { place in
            let url = "http://127.0.0.1:\(place.port)/aurora/health"
            return place.isContainer ? .command(["curl", "--fail", "--silent", "--output", "/dev/null", url]) : .http(url)
        })

    private static func settings(_ place: Place) -> String {
        let modules = ["ndk_http_module", "ngx_http_lua_module"].map { "load_module /usr/lib/nginx/modules/\($0).so;\n" }.joined()
        let listen = place.addresses.map { "        listen \($0.bracketed):\(place.port) default_server;" }.joined(separator: "\n")
        return """
            \(place.isContainer ? "" : modules)worker_processes auto;
            pid \(place.data)/nginx.pid;
            error_log stderr;

            events {
                worker_connections 4096;
            }

            http {
                default_type application/octet-stream;
                server_tokens off;
                access_log off;
                client_body_temp_path \(place.data)/body;
                proxy_temp_path \(place.data)/proxy;
                fastcgi_temp_path \(place.data)/fastcgi;
                uwsgi_temp_path \(place.data)/uwsgi;
                scgi_temp_path \(place.data)/scgi;

                server {
            \(listen)

                    location = /aurora/health {
                        default_type text/plain;
                        return 200 "ok\\n";
                    }
                    location = /aurora/status {
                        stub_status;
                        allow 127.0.0.1;
                        allow ::1;
                        deny all;
                    }
                    location / {
                        return 404;
                    }
                }

                include \(place.settings)/conf.d/*.conf;
            }

            """
    }
}
