import AuroraModel

/// Finds the configuration of a running nginx and reads it.
enum NginxProbe {
    /// Where the builds of distributions and of nginx.org look when they are not told.
    static let usualFiles = [
        "/etc/nginx/nginx.conf", "/usr/local/nginx/conf/nginx.conf", "/usr/local/etc/nginx/nginx.conf",
        "/opt/homebrew/etc/nginx/nginx.conf",
    ]

    /// What `-p` and `-c` of a master process say. Its title is one text: `nginx: master process nginx -p /srv -c /srv/n.conf`.
    static func told(_ arguments: [String]) -> (file: String?, prefix: String?) {
        let words = arguments.flatMap { $0.split(separator: " ").map(String.init) }
        func value(_ option: String) -> String? {
            guard let index = words.lastIndex(where: { $0.hasPrefix(option) }) else { return nil }
            if words[index] != option { return String(words[index].dropFirst(option.count)) }
            return words.dropFirst(index + 1).first
        }
        return (value("-c"), value("-p"))
    }

    static func mainFile(_ arguments: [String], on machine: any MachineReading) -> (file: String, prefix: String?)? {
        let (file, prefix) = told(arguments)
        if let file { return (Paths.absolute(file, in: prefix ?? "/etc/nginx"), prefix) }
        let candidates = (prefix.map { [Paths.absolute("conf/nginx.conf", in: $0)] } ?? []) + usualFiles
        return candidates.first { WebServerSurvey.exists($0, on: machine) }.map { ($0, prefix) }
    }

    static func read(_ arguments: [String], on machine: any MachineReading) -> (facts: WebServerFacts?, unseen: [Unseen]) {
        guard let (file, prefix) = mainFile(arguments, on: machine) else {
            return (nil, [Unseen("configuration of nginx", why: "there is no '\(usualFiles[0])'", fix: "tell nginx its file with -c")])
        }
        let (directives, files, missed) = NginxLoader.load(file, on: machine)
        guard !files.isEmpty else { return (nil, missed) }
        let reader = NginxReader(directives, mainFile: file, prefix: prefix)
        var facts = reader.facts
        facts.files = files
        return (facts, missed + reader.unseen)
    }
}
