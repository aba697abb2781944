import AuroraModel

/// Asks a Redis with `PING` and `INFO`, which change nothing.
enum RedisProbe {
    static let limit = Duration.milliseconds(500)
    private static let sizeLimit = 1 << 18

    /// - Parameter password: from a `REDIS_URL` that names this port; nobody else's is tried.
    static func run(_ probe: Probe, _ login: RedisLogin?, on machine: any MachineReading) async -> ProbeFindings {
        let answer = await machine.exchange(
            port: probe.place.port, host: probe.place.host, send: question(login), limit: sizeLimit, timeout: limit
        ) { bytes in
            isWhole(bytes, replies: login == nil ? 2 : 3)
        }
        guard let answer else { return ProbeFindings(unseen: [silent(probe)]) }
        return findings(answer, at: probe, hasLogin: login != nil)
    }

    static func question(_ login: RedisLogin?) -> [UInt8] {
        var commands = [["PING"], ["INFO"]]
        if let login { commands.insert(["AUTH"] + (login.user.map { [$0] } ?? []) + [login.password.reveal()], at: 0) }
        return commands.flatMap { words in
            Array("*\(words.count)\r\n".utf8) + words.flatMap { Array("$\($0.utf8.count)\r\n\($0)\r\n".utf8) }
        }
    }

    /// Whether so many replies have come, or one that says no more will be told.
    static func isWhole(_ bytes: [UInt8], replies: Int) -> Bool {
        RedisReply.read(bytes).count >= replies
    }

    static func findings(_ bytes: [UInt8], at probe: Probe, hasLogin: Bool) -> ProbeFindings {
        let replies = RedisReply.read(bytes)
        var facts = RedisFacts(place: probe.place)
        guard let last = replies.last else {
            return probe.listener.owner == nil ? ProbeFindings() : ProbeFindings(redis: [facts], unseen: [silent(probe)])
        }
        if case .bulk(let text) = last, text.contains("redis_version:") {
            facts.read(info: text)
            return ProbeFindings(redis: [facts])
        }
        let errors = replies.compactMap { if case .error(let text) = $0 { text } else { nil } }
        guard let error = errors.first else {
            return probe.listener.owner == nil ? ProbeFindings() : ProbeFindings(redis: [facts], unseen: [silent(probe)])
        }
        facts.wantsPassword = error.hasPrefix("NOAUTH") || error.hasPrefix("WRONGPASS") || error.hasPrefix("ERR invalid password")
        let fix =
            hasLogin
            ? "correct REDIS_URL in .env" : "set REDIS_URL=redis://:PASSWORD@127.0.0.1:\(probe.place.port) in the .env beside the manifest"
        let word = error.split(separator: " ").first.map(String.init) ?? error
        let why = facts.wantsPassword ? (hasLogin ? "it refuses the password of REDIS_URL" : "it wants a password") : "it answers '\(word)'"
        return ProbeFindings(
            redis: [facts],
            unseen: [Unseen("what Redis on port \(probe.place.port) holds", why: why, fix: facts.wantsPassword ? fix : nil)])
    }

    private static func silent(_ probe: Probe) -> Unseen {
        Unseen("Redis on port \(probe.place.port)", why: "it did not answer PING as Redis does within \(limit)")
    }
}

/// What a `REDIS_URL` says.
struct RedisLogin: Sendable, Equatable {
    var user: String?
    var password: Secret
}

/// The kinds of replies (RESP2) that these questions get.
enum RedisReply: Equatable {
    case simple(String)
    case error(String)
    case bulk(String)
    case other

    /// The replies that are whole; reading ends at the first that is not, or is none.
    static func read(_ bytes: [UInt8]) -> [RedisReply] {
        var replies: [RedisReply] = []
        var rest = bytes[...]
        while let kind = rest.first, let end = rest.dropFirst().firstIndex(of: 0x0D),
            rest.dropFirst(end - rest.startIndex + 1).first == 0x0A
        {
            let text = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
            rest = rest[(end + 2)...]
            switch kind {
            case UInt8(ascii: "+"): replies.append(.simple(text))
            case UInt8(ascii: "-"): replies.append(.error(text))
            case UInt8(ascii: "$"):
                guard let count = Int(text), count >= 0, count <= rest.count, rest.count - count >= 2 else { return replies }
                replies.append(.bulk(String(decoding: rest.prefix(count), as: UTF8.self)))
                rest = rest.dropFirst(count + 2)
            case UInt8(ascii: ":"): replies.append(.other)
            default: return replies
            }
        }
        return replies
    }
}

extension RedisFacts {
    /// `INFO` is lines of `name:value`, with `# Section` between them.
    mutating func read(info: String) {
        var values: [String: String] = [:]
        for line in info.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            values[String(line[..<colon])] = String(line[line.index(after: colon)...])
        }
        version = values["valkey_version"] ?? values["redis_version"]
        mode = values["redis_mode"]
        role = values["role"]
        usedBytes = values["used_memory"].flatMap { Int($0) }
        replicas = values["connected_slaves"].flatMap { Int($0) }
        keepsLog = values["aof_enabled"].map { $0 == "1" }
        configFile = values["config_file"].flatMap { $0.isEmpty ? nil : $0 }
        keys = 0
        for (name, value) in values where name.hasPrefix("db") && value.hasPrefix("keys=") {
            let count = Int(value.dropFirst(5).prefix { $0 != "," }) ?? 0
            keys = (keys ?? 0).addingReportingOverflow(count).partialValue
        }
    }
}
