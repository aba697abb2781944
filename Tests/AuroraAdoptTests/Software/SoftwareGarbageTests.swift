import AuroraModel
import Foundation
import Testing

@testable import AuroraAdopt

/// Mutations of real texts, always the same ones: nothing that a file or a port says may end or hold up the process.
///
/// One at a time: other tests, some of which count time, share the few threads.
@Suite(.serialized, .timeLimit(.minutes(1)))
struct SoftwareGarbageTests {
    struct Reader: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var seeds: [String]
        var read: @Sendable (String) -> Void
    }

    static let readers: [Reader] = [
        Reader(testDescription: "nginx", seeds: NginxSample.all.map(\.text)) { text in
            _ = NginxProbe.read(["nginx", "-c", "/n"], on: FakeMachine(files: ["/n": text, "/etc/x": "include /n;"]))
        },
        Reader(
            testDescription: "Caddy",
            seeds: [
                "(s) {\n import s\n}\n{\n http_port 1\n}\na.test, :80 {\n @p path /a*\n handle @p {\n  reverse_proxy \"x\" `y` unix//z\n }\n import s a\n}\n"
            ]
        ) { text in
            _ = CaddyReader.read("/c", on: FakeMachine(files: ["/c": text]))
        },
        Reader(
            testDescription: "Apache",
            seeds: [
                "Define A ${A}x\n<VirtualHost *:80 [::1]:8\n>\nServerName a\\\n b\nProxyPass \"/x\" unix:/s|http://a/\n<IfModule !x>\nListen 1\n</IfModule>\n</VirtualHost>\nInclude /c\n"
            ]
        ) { text in
            _ = ApacheReader.read("/c", on: FakeMachine(files: ["/c": text]))
        },
        Reader(testDescription: "crontab", seeds: CronSample.all.map(\.text)) { text in
            for style in [CronTable.Style.user("a"), .system] {
                let table = CronTable(text, file: "t", style: style)
                for job in table.jobs { _ = (job.shownRaw, job.shownCommand) }
            }
        },
        Reader(testDescription: "units", seeds: Array(TimerTests.files.values)) { text in
            var file = UnitFile()
            file.add(text)
            _ = (file.all("ExecStart", in: "Service"), TimerSurvey.parse(text))
        },
        Reader(testDescription: "RESP", seeds: ["+PONG\r\n$20\r\nredis_version:7.0.1\n\r\n", "-NOAUTH x\r\n", "$-1\r\n:5\r\n"]) { text in
            _ = RedisProbe.findings(Array(text.utf8), at: ProbeTests.probe(.redis, 6379), hasLogin: false)
            var facts = RedisFacts(place: ServerPlace(host: "h", port: 1))
            facts.read(info: text + "\ndb0:keys=9223372036854775807,x\ndb1:keys=9223372036854775807\n")
        },
        Reader(
            testDescription: "credentials",
            seeds: ["postgresql+x://u:p%40@h:1,[::1]:2/d?sslmode=require&a", "redis://:p@h:6379/0", "h:5432:d:u:p\\:w\n*:*:*:u:p\n"]
        ) { text in
            _ = (Credentials.pgpass(text, path: "p"), Credentials.postgres(url: text, source: "s"), Credentials.redis(url: text))
            _ = (URLParts(text), EnvFile(text, path: "e"), HostPort.split(text, port: 1), SafeURL.text(text))
        },
        Reader(
            testDescription: "answers",
            seeds: ["{\"version\":\"1\",\"data\":[{\"id\":\"m\"}],\"models\":[{\"name\":\"n\"}]}", "{\"standby\":true,\"version\":\"15\"}"]
        ) { text in _ = PostgresReply(text) },
        Reader(
            testDescription: "command lines",
            seeds: ["python3\u{1}-m\u{1}uvicorn\u{1}a:b\u{1}--uds\u{1}/s", "gunicorn: master [a]", "node\u{1}--x\u{1}s.js"]
        ) { text in
            let process = ProcessFacts(pid: 1, name: "x", arguments: text.split(separator: "\u{1}").map(String.init), executable: text)
            _ = (WebApp(process), PostgresProbe.told(by: process), NginxProbe.told(process.arguments))
        },
    ]

    static let splinters: [[UInt8]] =
        [
            "{", "}", ";", "\"", "'", "\\", "\n", "\r\n", "#", "$", "${", "%", "@", "[", "]]", "--[[", "*/", "/0", "-", ",", "=", ":", "<",
            ">", "\0", "include *;",
            "99999999999999999999", "\u{FEFF}", "é", "_by_lua_block {", "://", "@reboot ",
        ].map { Array($0.utf8) } + [[0xFF], [0xC3]]

    @Test(arguments: readers)
    func noReaderEndsTheProcess(_ reader: Reader) async throws {
        var generator = SeededGenerator(state: 0x5EED)
        for _ in 0..<2_000 {
            var bytes = Array(try #require(reader.seeds.randomElement(using: &generator)).utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) { Self.change(&bytes, &generator) }
            reader.read(String(decoding: bytes, as: UTF8.self))
            await Task.yield()
        }
    }

    private static func change(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        let place = Int.random(in: 0...bytes.count, using: &generator)
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes.insert(contentsOf: splinters.randomElement(using: &generator) ?? [], at: place)
        case 1: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...8, using: &generator)))
        case 2 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &generator)
        case 3: bytes.removeSubrange(place...)
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
        }
    }

    /// Long texts of one kind are where a reader that looks at everything twice would hang.
    @Test(arguments: ["{", "}", "a {", "\"", "\\", "[", "[=", "--[", "a;", "$", "${", "#", "*", "\n", "\\\n", "<a>\n", "'\n", "a "])
    func longTextsOfOneKindAreReadInTime(_ piece: String) async {
        let text = String(repeating: piece, count: 5_000)
        for reader in Self.readers {
            reader.read(text)
            await Task.yield()
            reader.read("x_by_lua_block {" + text)
            await Task.yield()
        }
    }
}
