public import AuroraModel

/// Finds out what runs on a machine: reads its files and asks its ports.
///
/// It only reads. A port is asked by one probe, and only where owner, image or number say what speaks there.
public enum SoftwareSurvey {
    /// After this no port is asked any more, and what is still being asked is given up.
    public static let limit = Duration.milliseconds(3_800)
    /// Probes at the same time.
    static let width = 24

    fileprivate enum Part: Sendable {
        case webServers([WebServerFacts], [Unseen])
        case cron(CronFacts)
        case timers([TimerFacts], [Unseen])
        case probe(ProbeFindings)
        case deadline
    }

    /// - Parameters:
    ///   - listeners: with their owners as far as they are known.
    ///   - processes: all that can be seen.
    ///   - clock: counts the limit.
    public static func take(
        _ machine: any MachineReading, listeners: [Listener], processes: [ProcessFacts], containers: [ContainerFacts], hints: SurveyHints,
        clock: any Clock<Duration> = ContinuousClock()
    ) async -> SoftwareFacts {
        var facts = SoftwareFacts()
        let all = everyProcess(processes, listeners)
        let (files, unseenFiles) = EnvSurvey.take(machine, folders: EnvSurvey.folders(hints, all, containers))
        facts.envFiles = files.map(\.facts)
        let (logins, unseenLogins) = logins(machine, hints, files)
        facts.databasesElsewhere = logins.elsewhere(containers)
        let (ports, unseenPorts) = ProbePlan.probes(listeners, containers: containers)
        let probes = ports + sockets(machine, listeners, all)
        facts.unseen = unseenFiles + unseenLogins + unseenPorts

        await withTaskGroup(of: Part.self) { group in
            group.addTask {
                let (servers, unseen) = WebServerSurvey.take(machine, processes: all)
                return .webServers(servers, unseen)
            }
            group.addTask { .cron(await CronSurvey.take(machine, user: hints.user)) }
            group.addTask {
                let (timers, unseen) = await TimerSurvey.take(machine)
                return .timers(timers, unseen)
            }
            group.addTask {
                try? await clock.sleep(for: limit)
                return .deadline
            }
            let asker = Asker(machine: machine, logins: logins, containers: containers, home: hints.home)
            var waiting = probes[...]
            for probe in waiting.prefix(width) { group.addTask { .probe(await asker.ask(probe)) } }
            waiting = waiting.dropFirst(width)
            var open = probes.count + 3
            while open > 0, let part = await group.next() {
                if case .deadline = part {
                    facts.unseen += waiting.map(Self.notAsked)
                    open -= waiting.count
                    waiting = []
                    group.cancelAll()
                    continue
                }
                facts.add(part)
                open -= 1
                if case .probe = part, let next = waiting.popFirst() { group.addTask { .probe(await asker.ask(next)) } }
            }
            group.cancelAll()
        }
        facts.webApps += socketApps(all, besides: listeners)
        facts.sort()
        return facts
    }

    private static func notAsked(_ probe: Probe) -> Unseen {
        Unseen("what answers at \(probe.url)", why: "other ports took too long to answer", fix: "run it again")
    }

    private static func everyProcess(_ processes: [ProcessFacts], _ listeners: [Listener]) -> [ProcessFacts] {
        var seen = Set(processes.map(\.pid))
        return processes + listeners.compactMap(\.owner).filter { seen.insert($0.pid).inserted }
    }

    /// The first folder that has such sockets; `/var/run` is the same one as `/run`.
    private static func sockets(_ machine: any MachineReading, _ listeners: [Listener], _ processes: [ProcessFacts]) -> [Probe] {
        for folder in ProbePlan.socketFolders {
            let names = ((try? machine.list(folder)) ?? nil) ?? []
            let probes = ProbePlan.sockets(names, in: folder, besides: listeners, processes: processes)
            if !probes.isEmpty { return probes }
        }
        return []
    }

    private static func logins(
        _ machine: any MachineReading, _ hints: SurveyHints, _ files: [EnvFile]
    ) -> (logins: Logins, unseen: [Unseen]) {
        let path = hints.home.map { $0 + "/.pgpass" }
        do {
            let text = try path.flatMap { path throws(AuroraError) in try machine.text(path, limit: 1 << 18) }
            return (Logins(hints, files: files, pgpass: text.map { ($0, path ?? "") }), [])
        } catch {
            return (Logins(hints, files: files, pgpass: nil), [Unseen("'\(path ?? "")'", why: error.message, fix: error.hint)])
        }
    }

    /// Applications that listen on a unix socket only are behind a web server and hold no port. Workers count with their parents.
    private static func socketApps(_ processes: [ProcessFacts], besides listeners: [Listener]) -> [WebAppFacts] {
        let listening = Set(listeners.compactMap { $0.owner?.pid })
        let bound = processes.compactMap { process in WebApp(process).flatMap { $0.socket == nil ? nil : (process, $0) } }
        let pids = Set(bound.map(\.0.pid))
        return bound.filter { process, _ in
            !listening.contains(process.pid) && !(process.parent.map(pids.contains) ?? false)
        }.map { WebAppFacts($0.1, $0.0) }
    }
}

/// Sends each probe to who knows how to ask.
private struct Asker: Sendable {
    let machine: any MachineReading
    let logins: Logins
    let containers: [ContainerFacts]
    let home: String?

    func ask(_ probe: Probe) async -> ProbeFindings {
        let container = probe.place.container.flatMap { name in containers.first { $0.name == name } }
        switch probe.kind {
        case .postgres:
            let postgres = PostgresProbe(machine: machine, home: home)
            return await postgres.run(probe, logins.postgres(for: probe.place, container))
        case .redis:
            return await RedisProbe.run(probe, logins.redis(for: probe.place, container), on: machine)
        default: return await HTTPProbes(machine: machine, probe: probe).run()
        }
    }
}

extension SoftwareFacts {
    fileprivate mutating func add(_ part: SoftwareSurvey.Part) {
        switch part {
        case .webServers(let servers, let missed):
            webServers = servers
            unseen += missed
        case .cron(let found):
            cron = found
            unseen += found.unseen
        case .timers(let found, let missed):
            timers = found
            unseen += missed
        case .probe(let findings):
            postgres += findings.postgres
            redis += findings.redis
            engines += findings.engines
            monitors += findings.monitors
            auroras += findings.auroras
            webApps += findings.apps
            unseen += findings.unseen
        case .deadline: break
        }
    }

    /// Answers come as they come; two surveys of one machine look the same.
    fileprivate mutating func sort() {
        postgres.sort { $0.place.port < $1.place.port }
        redis.sort { $0.place.port < $1.place.port }
        engines.sort { $0.place.port < $1.place.port }
        monitors.sort { $0.place.port < $1.place.port }
        auroras.sort { $0.place.port < $1.place.port }
        webApps.sort { ($0.place?.port ?? 0, $0.pid ?? 0) < ($1.place?.port ?? 0, $1.pid ?? 0) }
        unseen.sort { ($0.what, $0.why) < ($1.what, $1.why) }
    }
}
