import AuroraModel

/// Short names that stay the same from one look to the next.
enum KeptNames {
    /// The name that the kind gives where there is nothing better.
    static func standard(_ kind: KeptKind) -> String? {
        switch kind {
        case .postgres: "database"
        case .http: "backend"
        case .redis, .nginx, .ollama, .prometheus, .grafana: kind.rawValue
        case .openai: "engine"
        case .container, .process, .cron, .other: nil
        }
    }

    /// - Parameter recognised: what its software is; nil: nothing is known of it.
    static func name(of holder: Holder, _ recognised: Recognised?) -> String {
        let kind = recognised?.kind
        switch holder.kind {
        case .container(let container): return plain(container.composeName ?? container.name)
        case .unit(let unit):
            return plain(recognised?.name ?? kind.flatMap(isOneOfAKind) ?? String(unit.prefix { $0 != "." }))
        case .process:
            let program = holder.process?.name ?? "process"
            return plain(recognised?.name ?? kind.flatMap(isOneOfAKind) ?? folder(holder.process) ?? kind.flatMap(standard) ?? program)
        case .unknown(let port): return plain(recognised?.name ?? kind.flatMap(standard) ?? "port-\(port)")
        }
    }

    /// The same names, those that come again with a number: `backend`, `backend-2`.
    static func numbered(_ names: [String], taken: Set<String> = []) -> [String] {
        var taken = taken
        return names.map { name in
            let free = taken.contains(name) ? (2...).lazy.map { cut(name, "-\($0)") }.first { !taken.contains($0) } ?? name : name
            taken.insert(free)
            return free
        }
    }

    /// Letters, digits, `-` and `_`, as names in a manifest are.
    static func plain(_ text: String) -> String {
        let mapped = text.lowercased().utf8.map { byte -> UInt8 in
            let isPlain = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            return isPlain || byte == UInt8(ascii: "_") ? byte : UInt8(ascii: "-")
        }
        let words = String(decoding: mapped, as: UTF8.self).split(separator: "-").joined(separator: "-")
        let start = words.drop { $0 == "_" || $0 == "-" }
        return start.isEmpty ? "service" : String(start.prefix(60))
    }

    private static func cut(_ name: String, _ suffix: String) -> String { name.prefix(63 - suffix.count) + suffix }

    private static func isOneOfAKind(_ kind: KeptKind) -> String? { kind == .http || kind == .openai ? nil : standard(kind) }

    /// The folder that a program runs in, where it is one of its own.
    private static func folder(_ process: ProcessFacts?) -> String? {
        guard let parts = process?.workingFolder?.split(separator: "/"), parts.count > 1, let last = parts.last else { return nil }
        let common: Set<Substring> = ["home", "root", "tmp", "app", "src", "code", "bin", "lib", "current", "www", "html"]
        return parts.count == 2 && parts.first == "home" || common.contains(last) ? nil : String(last)
    }
}

extension ContainerFacts {
    /// `project-service`, where compose started it.
    var composeName: String? {
        guard let project, let service else { return nil }
        return "\(project)-\(service)"
    }
}
