import AuroraModel
import Yams

/// `healthcheck:` as written: what an earlier file says about it is filled in when files are laid over one another.
struct HealthDraft: Sendable {
    static let schema = Schema<HealthDraft>(
        fields: [
            Field("test", \.test, .healthTest, "A line for a shell, [ CMD, program, … ], [ CMD-SHELL, line ] or [ NONE ]."),
            Field("http", \.http, .healthURL, "Instead of a test: a URL that answers 2xx or 3xx to a GET."),
            Field("tcp", \.tcp, .int(1...65_535), "Instead of a test: a port of loopback that takes connections."),
            Field("interval", \.interval, .composeDuration, "Time between two checks; 30s."),
            Field("timeout", \.timeout, .composeDuration, "How long a check may take; 30s."),
            Field("start_period", \.startPeriod, .composeDuration, "Failures in this time after the start do not count; 0s."),
            Field("retries", \.retries, .int(1...1000), "Failures in a row that make it unhealthy; 3."),
            Field("disable", \.isDisabled, .bool, "Whether a check that an image or another file brings is left out."),
        ],
        ignored: ["start_interval": "checks during the start have the same interval"], allowsExtensions: true)

    enum Test: Sendable, Equatable {
        case none
        case check(HealthCheck.Test)
    }

    var test: Test?
    var http: String?
    var tcp: Int?
    var interval: Double?
    var timeout: Double?
    var startPeriod: Double?
    var retries: Int?
    var isDisabled: Bool?

    init() {}

    /// - Parameter template: makes a text one that may be shown.
    init(_ check: HealthCheck, template: (String) -> String) {
        switch check.test {
        case .command(let words): test = .check(.command(words.map(template)))
        case .shell(let line): test = .check(.shell(template(line)))
        case .http(let url): http = template(url)
        case .tcp(let port): tcp = port
        }
        (interval, timeout, startPeriod, retries) = (check.interval, check.timeout, check.startPeriod, check.retries)
    }

    func laid(over base: HealthDraft) -> HealthDraft {
        var result = base
        if test != nil || http != nil || tcp != nil { (result.test, result.http, result.tcp) = (test, http, tcp) }
        result.interval = interval ?? base.interval
        result.timeout = timeout ?? base.timeout
        result.startPeriod = startPeriod ?? base.startPeriod
        result.retries = retries ?? base.retries
        result.isDisabled = isDisabled ?? base.isDisabled
        return result
    }

    /// Nil when there is none, or when it is wrong, which is reported.
    func built(_ reader: inout Reader) -> HealthCheck? {
        let tests = [http.map(HealthCheck.Test.http), tcp.map(HealthCheck.Test.tcp)].compactMap { $0 }
        guard isDisabled != true, test != Test.none else { return nil }
        guard tests.count + (test == nil ? 0 : 1) <= 1 else {
            reader.report("\(reader.path) has more than one test", fix: "keep one of 'test', 'http' and 'tcp'")
            return nil
        }
        guard var check = written(tests.first).map({ HealthCheck($0) }) else { return nil }
        check.interval = interval.flatMap { $0 > 0 ? $0 : nil } ?? check.interval
        check.timeout = timeout.flatMap { $0 > 0 ? $0 : nil } ?? check.timeout
        check.startPeriod = startPeriod ?? check.startPeriod
        check.retries = retries ?? check.retries
        return check
    }

    private func written(_ other: HealthCheck.Test?) -> HealthCheck.Test? {
        if case .check(let check) = test { check } else { other }
    }
}

extension ValueType where Value == HealthDraft {
    static var healthcheck: Self { .section(HealthDraft.schema, defaults: HealthDraft()) }
}

extension ValueType where Value == HealthDraft.Test {
    static var healthTest: Self {
        let expected = "a line for a shell, [ CMD, program, argument, … ], [ CMD-SHELL, line ] or [ NONE ]"
        let words = ValueType<[String]>.list(.template)
        let read: @Sendable (Node, inout Reader) -> Value? = { node, reader in
            guard case .sequence = node else {
                return ValueType<String>.text("line", expected: expected).read(node, &reader).map { .check(.shell($0)) }
            }
            guard let written = words.read(node, &reader) else { return nil }
            switch (written.first, written.count) {
            case ("NONE", 1): return HealthDraft.Test.none
            case ("CMD", 2...): return .check(.command(Array(written.dropFirst())))
            case ("CMD-SHELL", 2): return .check(.shell(written[1]))
            default:
                reader.report("\(reader.path) starts with '\((written.first ?? "").clipped)'", fix: "use \(expected)")
                return nil
            }
        }
        return Self(label: "text or list", expected: expected, read: read, show: shown)
    }

    private static func shown(_ test: HealthDraft.Test) -> Shown {
        switch test {
        case .none: .list([.text("NONE")])
        case .check(.command(let words)): .list([.text("CMD")] + words.map(Shown.template))
        case .check(.shell(let line)): .template(line)
        case .check(.http(let url)): .template(url)
        case .check(.tcp(let port)): .int(port)
        }
    }
}

extension ValueType where Value == String {
    /// What a health check asks by HTTP.
    static var healthURL: Self {
        text("URL", expected: "a URL such as http://127.0.0.1:8000/health") { text in
            guard let url = ServiceURL(text), ["http", "https"].contains(url.scheme), url.hosts.count == 1 else { return nil }
            return url.hosts.first?.name.isEmpty == false ? text : nil
        }
    }
}
