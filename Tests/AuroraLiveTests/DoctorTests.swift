import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import AuroraLive

struct DoctorTests {
    @Test func looksAtEverythingOnThisMachine() async throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton).bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(server.localAddress?.port)
        let settings = DoctorSettings(
            stateFolder: "\(scratch.path)/state", ports: [.init(name: "gateway", port: port), .init(name: "chat", port: 0)],
            ollamaURL: "http://127.0.0.1:1/", http: CurlHTTP())
        let results = await Doctor.run(settings)
        #expect(results.map(\.name) == ["state folder", "disk", "sqlite", "clock", "port \(port)", "python", "ollama"])
        #expect(results.first { $0.name == "port \(port)" }?.verdict == .fail)
        #expect(results.first { $0.name == "port \(port)" }?.detail.contains("pid \(getpid())") == true)
        #expect(results.first { $0.name == "sqlite" }?.verdict == .ok)
        #expect(!scratch.has("state"))
        try await server.close()
    }

    @Test func pythonThatIsNotThereIsNamed() async {
        #expect(await DoctorProbes.python("python-none", environment: [:]) == .failure(.missing("python-none")))
    }

    @Test func stateFolderIsJudgedByWhatIsThere() throws {
        let scratch = try Scratch()
        defer { scratch.remove() }
        try scratch.write("", to: "file")
        #expect(DoctorProbes.stateFolder(scratch.path) == .writable)
        #expect(DoctorProbes.stateFolder("\(scratch.path)/a/b") == .canBeMade)
        #expect(DoctorProbes.stateFolder("\(scratch.path)/file") == .notAFolder)
        #expect(DoctorProbes.stateFolder("/dev/null/b") == .refused("/dev/null"))
    }
}

struct DoctorJudgeTests {
    private let gateway = DoctorSettings.Port(name: "gateway", port: 8001)

    @Test func foreignHolderOfAPortIsNamedWithTheWayOut() {
        let result = DoctorJudge.port(gateway, holder: PortHolder(pid: 812, name: "nginx", user: "www-data"))
        #expect(result.verdict == .fail)
        #expect(result.detail == "wanted for the gateway, held by nginx (pid 812, user www-data)")
        #expect(result.fix == "set 'ports: { gateway: … }' in aurora.yml to a free one, 8001 stays with its holder")
    }

    @Test func portOfARunningNodeIsWell() {
        #expect(DoctorJudge.port(gateway, holder: PortHolder(pid: 1, name: "aurora")).verdict == .ok)
        #expect(DoctorJudge.port(gateway, holder: nil).verdict == .ok)
    }

    @Test func missingPythonMattersOnlyForTheLocalEngine() {
        let missing = Result<String, PythonTrouble>.failure(.missing("python3"))
        #expect(DoctorJudge.python(missing, needed: true).verdict == .warn)
        #expect(DoctorJudge.python(missing, needed: true).fix == "apt-get install python3 python3-venv")
        #expect(DoctorJudge.python(missing, needed: false).verdict == .ok)
        #expect(DoctorJudge.python(.failure(.withoutVenv(version: "3.11.2")), needed: true).detail.contains("Python 3.11.2 cannot make"))
        #expect(DoctorJudge.python(.success("3.11.2"), needed: true).verdict == .ok)
    }

    @Test(
        arguments: [(nil, .fail), ("3.34.1", .fail), ("3.9.0", .fail), ("3.35.0", .ok), ("3.40.1", .ok)]
            as [(String?, DoctorResult.Verdict)])
    func oldSQLiteIsRefused(version: String?, verdict: DoctorResult.Verdict) {
        #expect(DoctorJudge.sqlite(version).verdict == verdict)
    }

    @Test(
        arguments: [(nil, .warn), (0, .fail), (199_999_999, .fail), (1_000_000_000, .warn), (3_000_000_000, .ok)]
            as [(Int64?, DoctorResult.Verdict)])
    func littleSpaceIsTold(free: Int64?, verdict: DoctorResult.Verdict) {
        #expect(DoctorJudge.disk(free: free, folder: "/x").verdict == verdict)
    }

    @Test func clockBeforeItsOwnStateIsTold() {
        let now = DoctorJudge.earliestNow.addingTimeInterval(1_000_000)
        #expect(DoctorJudge.clock(now: now, newestFile: nil).verdict == .ok)
        #expect(DoctorJudge.clock(now: now, newestFile: now.addingTimeInterval(60)).verdict == .ok)
        #expect(DoctorJudge.clock(now: now, newestFile: now.addingTimeInterval(86_400)).verdict == .warn)
        #expect(DoctorJudge.clock(now: Date(timeIntervalSince1970: 0), newestFile: nil).verdict == .fail)
    }

    @Test func ollamaIsMissedOnlyWhenNothingTakesItsPlace() {
        #expect(DoctorJudge.ollama(status: 200, url: "u", localEngine: false).verdict == .ok)
        #expect(DoctorJudge.ollama(status: nil, url: "u", localEngine: true).verdict == .ok)
        #expect(DoctorJudge.ollama(status: nil, url: "u", localEngine: false).verdict == .warn)
        #expect(DoctorJudge.ollama(status: 503, url: "u", localEngine: false).detail == "answers 503 at u")
    }
}
