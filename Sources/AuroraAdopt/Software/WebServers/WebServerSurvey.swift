import AuroraModel

/// Finds the web servers that run, and reads their configurations.
enum WebServerSurvey {
    static func take(_ machine: any MachineReading, processes: [ProcessFacts]) -> (servers: [WebServerFacts], unseen: [Unseen]) {
        var servers: [WebServerFacts] = []
        var unseen: [Unseen] = []
        for process in masters(processes) {
            if let container = process.container {
                unseen.append(
                    Unseen("sites of \(process.name) in container '\(container.prefix(12))'", why: "its files lie inside the container"))
                continue
            }
            let (found, missed) = read(process, on: machine)
            // Several processes may share a file; its sites count once.
            if let found, !servers.contains(where: { $0.mainFile == found.mainFile }) { servers.append(found) }
            unseen += missed.filter { !unseen.contains($0) }
        }
        return (servers, unseen)
    }

    /// Of each server the process that started the others.
    static func masters(_ processes: [ProcessFacts]) -> [ProcessFacts] {
        let servers = processes.filter { ["nginx", "openresty", "caddy", "apache2", "httpd"].contains($0.name) }
        let pids = Set(servers.map(\.pid))
        return servers.filter { process in
            guard let parent = process.parent else { return true }
            return !pids.contains(parent)
        }
    }

    private static func read(_ process: ProcessFacts, on machine: any MachineReading) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        switch process.name {
        case "caddy": readCaddy(process, on: machine)
        case "apache2", "httpd": readApache(process, on: machine)
        default: NginxProbe.read(process.arguments, on: machine)
        }
    }

    private static func readCaddy(_ process: ProcessFacts, on machine: any MachineReading) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        let told = value(of: ["--config", "-config", "-c"], in: process.arguments)
        let folder = process.workingFolder ?? "/"
        let usual = [Paths.absolute("Caddyfile", in: folder), "/etc/caddy/Caddyfile"]
        guard process.arguments.dropFirst().first == "run",
            let file = told.map({ Paths.absolute($0, in: folder) }) ?? usual.first(where: { exists($0, on: machine) })
        else { return (nil, [Unseen("sites of caddy (pid \(process.pid))", why: "it was not started with a Caddyfile")]) }
        guard !file.hasSuffix(".json") else {
            return (nil, [Unseen("sites of caddy in '\(file)'", why: "it is in Caddy's JSON; only the Caddyfile is read")])
        }
        return CaddyReader.read(file, on: machine)
    }

    private static func readApache(_ process: ProcessFacts, on machine: any MachineReading) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        let root = value(of: ["-d"], in: process.arguments)
        let told = value(of: ["-f"], in: process.arguments).map { Paths.absolute($0, in: root ?? "/etc/apache2") }
        let usual = [
            "/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf", "/etc/apache2/httpd.conf", "/usr/local/apache2/conf/httpd.conf",
        ]
        guard let file = told ?? usual.first(where: { exists($0, on: machine) }) else {
            return (nil, [Unseen("sites of \(process.name)", why: "there is no '\(usual[0])'", fix: "tell it its file with -f")])
        }
        return ApacheReader.read(file, on: machine)
    }

    private static func value(of options: [String], in arguments: [String]) -> String? {
        for (index, word) in arguments.enumerated() {
            if options.contains(word) { return arguments.dropFirst(index + 1).first }
            for option in options where word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
        }
        return nil
    }

    /// What may not be read is there all the same.
    static func exists(_ path: String, on machine: any MachineReading) -> Bool {
        do { return try machine.read(path, limit: 1) != nil } catch { return true }
    }
}
