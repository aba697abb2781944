import AuroraModel
import AuroraSystem
import Foundation

/// Finds the timers of systemd: through `systemctl` where it answers, else those that unit files switch on.
struct TimerSurvey {
    /// Folders of units, the ones that win first.
    static let folders = [
        "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system",
    ]
    private static let sizeLimit = 1 << 18
    private static let countLimit = 500

    private let machine: any MachineReading
    private var unseen: [Unseen] = []

    static func take(_ machine: any MachineReading) async -> (timers: [TimerFacts], unseen: [Unseen]) {
        var survey = TimerSurvey(machine: machine)
        if let listed = await survey.listed() {
            return (listed.prefix(countLimit).compactMap { survey.timer($0.name, starts: $0.unit, isActive: $0.isActive) }, survey.unseen)
        }
        let timers = survey.switchedOn().prefix(countLimit).compactMap { survey.timer($0, starts: nil, isActive: nil) }
        return (timers, survey.unseen)
    }

    private init(machine: any MachineReading) { self.machine = machine }

    struct Listed: Equatable {
        var name: String
        var unit: String?
        var isActive: Bool
    }

    /// Nil when there is no systemd to ask.
    private mutating func listed() async -> [Listed]? {
        let arguments = ["list-timers", "--all", "--output=json", "--no-pager"]
        do {
            let environment = ["LC_ALL": "C"]
            guard let end = try await machine.run("systemctl", arguments, environment: environment, limit: .seconds(2)), end.exitCode == 0
            else { return nil }
            return Self.parse(end.output)
        } catch {
            unseen.append(Unseen("timers that systemd knows", why: error.message, fix: error.hint))
            return nil
        }
    }

    /// Releases before 250 print a table whatever they are asked for; that is no list here.
    static func parse(_ output: String) -> [Listed]? {
        struct Row: Decodable {
            var unit: String?
            var activates: String?
            var next: Double?
        }
        guard let start = output.firstIndex(of: "["), let end = output.lastIndex(of: "]"), start < end,
            let rows = try? JSONDecoder().decode([Row].self, from: Data(output[start...end].utf8))
        else { return nil }
        return rows.compactMap { row in
            row.unit.map { Listed(name: $0, unit: row.activates, isActive: (row.next ?? 0) > 0) }
        }
    }

    /// The timers that `timers.target` wants.
    private mutating func switchedOn() -> [String] {
        var names: Set<String> = []
        for folder in Self.folders {
            let found = (try? machine.list(folder + "/timers.target.wants")) ?? nil
            names.formUnion((found ?? []).filter { $0.hasSuffix(".timer") })
        }
        return names.sorted()
    }

    private mutating func timer(_ name: String, starts: String?, isActive: Bool?) -> TimerFacts? {
        let (file, files) = unit(name)
        guard !files.isEmpty else {
            // Transient timers (systemd-run) have no file that stays.
            return starts.map { unit in
                var facts = TimerFacts(name: name, unit: unit)
                facts.isActive = isActive
                return facts
            }
        }
        let usual = name.dropLast(".timer".count) + ".service"
        var facts = TimerFacts(name: name, unit: file.last("Unit", in: "Timer") ?? starts ?? String(usual))
        facts.description = file.last("Description", in: "Unit")
        facts.calendars = file.all("OnCalendar", in: "Timer")
        let triggers = ["OnActiveSec", "OnBootSec", "OnStartupSec", "OnUnitActiveSec", "OnUnitInactiveSec"]
        facts.intervals = triggers.flatMap { key in file.all(key, in: "Timer").map { "\(key)=\($0)" } }
        facts.isPersistent = file.isTrue("Persistent", in: "Timer")
        facts.randomDelay = file.last("RandomizedDelaySec", in: "Timer")
        facts.isActive = isActive
        let (service, serviceFiles) = unit(facts.unit)
        facts.commands = service.all("ExecStart", in: "Service").map(ShownText.text)
        facts.user = service.last("User", in: "Service")
        facts.workingFolder = service.last("WorkingDirectory", in: "Service")
        facts.files = files + serviceFiles
        return facts
    }

    /// A unit with what adds to it. `name@instance.service` is read from `name@.service`.
    private mutating func unit(_ name: String) -> (file: UnitFile, files: [String]) {
        var file = UnitFile()
        var files: [String] = []
        // A name is a path component; anything else is not looked for.
        guard !name.contains("/"), !name.isEmpty else { return (file, files) }
        let template = name.firstIndex(of: "@").flatMap { at in
            name.lastIndex(of: ".").map { name[...at] + name[$0...] }
        }
        for candidate in [name, template.map(String.init)].compactMap({ $0 }) where files.isEmpty {
            for folder in Self.folders where files.isEmpty {
                if let text = text("\(folder)/\(candidate)") {
                    file.add(text)
                    files.append("\(folder)/\(candidate)")
                }
            }
        }
        guard !files.isEmpty else { return (file, files) }
        for folder in Self.folders.reversed() {
            for addition in ((try? machine.list("\(folder)/\(name).d")) ?? nil) ?? [] where addition.hasSuffix(".conf") {
                let path = "\(folder)/\(name).d/\(addition)"
                if let text = text(path) {
                    file.add(text)
                    files.append(path)
                }
            }
        }
        return (file, files)
    }

    private mutating func text(_ path: String) -> String? {
        do {
            return try machine.text(path, limit: Self.sizeLimit)
        } catch {
            unseen.append(Unseen("unit '\(path)'", why: error.message, fix: error.hint ?? "run it as root"))
            return nil
        }
    }
}
