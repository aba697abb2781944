import AuroraModel

/// Tells web applications by their command lines.
struct WebApp: Equatable {
    var runner: String
    var app: String?
    var environmentFolder: String?
    var socket: String?

    /// Programs that serve HTTP and name what they serve as their first plain argument.
    private static let pythonServers: Set<String> = [
        "uvicorn", "gunicorn", "hypercorn", "daphne", "waitress-serve", "granian", "flask", "streamlit",
    ]
    private static let scriptRunners: Set<String> = ["node", "nodejs", "deno", "bun", "ruby"]
    private static let nodeServers: Set<String> = ["next-server", "next-router-worker"]
    private static let rubyServers: Set<String> = ["puma", "unicorn", "thin"]

    /// Nil when the process does not look like a web application.
    init?(_ process: ProcessFacts) {
        // Programs that set their title leave one text with blanks: `gunicorn: master [app]`.
        let words = process.arguments.count == 1 ? process.arguments[0].split(separator: " ").map(String.init) : process.arguments
        guard let first = words.first else { return nil }
        let name = Paths.name(of: first)
        let rest = Array(words.dropFirst())
        if name == "gunicorn:" {
            self.init(runner: "gunicorn", app: rest.last.map { $0.filter { $0 != "[" && $0 != "]" } }, rest, program: first)
        } else if Self.nodeServers.contains(name) {
            self.init(runner: "next", app: nil, rest, program: first)
        } else if Self.rubyServers.contains(name) {
            self.init(runner: name, app: nil, rest, program: first)
        } else if Self.pythonServers.contains(name) {
            self.init(runner: name, app: Self.app(of: name, rest), rest, program: first)
        } else if Self.isPython(name) {
            self.init(python: rest, program: first)
        } else if Self.scriptRunners.contains(name) {
            self.init(script: name, rest, program: first)
        } else {
            return nil
        }
    }

    private init(runner: String, app: String?, _ arguments: [String], program: String) {
        self.runner = runner
        self.app = app
        environmentFolder = Self.environment(of: program)
        socket = Self.socket(in: arguments)
    }

    /// `python -m uvicorn main:app`, `python /venv/bin/uvicorn main:app`, `python manage.py runserver`, `python app.py`.
    private init?(python arguments: [String], program: String) {
        var rest = arguments[...]
        while let option = rest.first, option.hasPrefix("-"), option != "-m" {
            if option == "-c" { return nil }
            rest.removeFirst()
            if option == "-X" || option == "-W" { rest = rest.dropFirst() }
        }
        if rest.first == "-m" { rest.removeFirst() }
        guard let target = rest.popFirst() else { return nil }
        let name = Paths.name(of: target)
        let words = Array(rest)
        if Self.pythonServers.contains(name) {
            self.init(runner: name, app: Self.app(of: name, words), words, program: program)
            environmentFolder = environmentFolder ?? Self.environment(of: target)
        } else if name == "manage.py", words.first == "runserver" {
            self.init(runner: "django", app: target, words, program: program)
        } else {
            self.init(runner: "python", app: target, words, program: program)
        }
    }

    /// `node server.js`, `deno run --allow-net main.ts`, `bun run index.ts`.
    private init?(script runner: String, _ arguments: [String], program: String) {
        let plain = arguments.filter { !$0.hasPrefix("-") }
        let app = plain.first == "run" || plain.first == "serve" ? plain.dropFirst().first : plain.first
        guard let app else { return nil }
        if runner == "ruby", !Self.rubyServers.contains(Paths.name(of: app)), Paths.name(of: app) != "rails" { return nil }
        self.init(runner: runner == "nodejs" ? "node" : runner, app: app, arguments, program: program)
    }

    private static func isPython(_ name: String) -> Bool {
        guard name.hasPrefix("python") else { return false }
        return name.dropFirst(6).allSatisfy { $0.isNumber || $0 == "." }
    }

    /// Options of these servers that take the next word.
    private static let withValue: Set<String> = [
        "--host", "--port", "--workers", "--bind", "-b", "-w", "-k", "-c", "--config", "--log-level", "--uds", "--fd", "--root-path",
        "--app-dir", "--env-file", "--worker-class", "--timeout", "--access-logfile", "--error-logfile", "--user", "-u", "-g", "--group",
        "--chdir", "--pid", "-p", "-t", "--name", "-n", "--threads", "--loop", "--http", "--ws", "--lifespan", "--reload-dir",
        "--proxy-headers-from",
        "--forwarded-allow-ips", "--limit-concurrency", "--backlog", "--timeout-keep-alive", "--ssl-keyfile", "--ssl-certfile",
        "--interface", "-i",
    ]

    private static func app(of runner: String, _ arguments: [String]) -> String? {
        if runner == "flask" { return value(of: ["--app", "-A"], in: arguments) }
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word.hasPrefix("-") {
                if withValue.contains(word) { rest = rest.dropFirst() }
            } else if !(runner == "streamlit" && word == "run") {
                return word
            }
        }
        return nil
    }

    private static func value(of options: [String], in arguments: [String]) -> String? {
        for (index, word) in arguments.enumerated() {
            if options.contains(word) { return arguments.dropFirst(index + 1).first }
            for option in options where word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
        }
        return nil
    }

    private static func socket(in arguments: [String]) -> String? {
        guard let bound = value(of: ["--uds", "--bind", "-b", "-u"], in: arguments) else { return nil }
        if bound.hasPrefix("unix:") { return String(bound.dropFirst(5)) }
        return bound.hasPrefix("/") ? bound : nil
    }

    /// `/srv/app/venv` of `/srv/app/venv/bin/uvicorn`; not for what the system itself installs.
    private static func environment(of program: String) -> String? {
        guard program.hasPrefix("/"), let bin = program.firstRange(of: "/bin/") else { return nil }
        let folder = String(program[..<bin.lowerBound])
        return ["", "/usr", "/usr/local", "/opt/homebrew"].contains(folder) ? nil : folder
    }
}
