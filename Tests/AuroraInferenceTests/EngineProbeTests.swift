import AuroraDialects
import AuroraModel
import AuroraSystem
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import AuroraInference

@Suite("Looking at an engine")
struct EngineProbeTests {
    /// Answers by path; what is not there is 404, and what is nil never answers.
    private final class Pages: HTTPCalling {
        private let pages: [String: String?]
        private let asked = Mutex<[String]>([])

        init(_ pages: [String: String?]) { self.pages = pages }

        func times(_ path: String) -> Int { asked.withLock { $0.filter { $0 == path }.count } }

        func call(_ call: HTTPCall) async throws -> HTTPReply {
            let path = String(call.url.dropFirst("http://e".count))
            asked.withLock { $0.append(path) }
            guard let page = pages[path] else { return reply(404, "{}") }
            guard let text = page else {
                let (never, continuation) = AsyncStream.makeStream(of: Never.self)
                for await _ in never {}
                continuation.finish()
                throw AuroraError(.timedOut, "no answer")
            }
            return reply(200, text)
        }

        private func reply(_ status: Int, _ text: String) -> HTTPReply {
            let body = AsyncThrowingStream<ByteBuffer, any Error> { continuation in
                continuation.yield(ByteBuffer(string: text))
                continuation.finish()
            }
            return HTTPReply(status: status, headers: [:], body: body)
        }
    }

    private let engine = EngineSpec(name: "e", kind: .openai, url: "http://e", source: .manifest)
    private static let models = #"{"object":"list","data":[{"id":"m","owned_by":"llamacpp"}]}"#

    private func probe(_ pages: Pages, timeout: Duration = .seconds(20)) -> EngineProbe { EngineProbe(http: pages, timeout: timeout) }

    @Test func llamaCppTellsSlotsAndWhatRunsWhoeverSentIt() async throws {
        let pages = Pages([
            "/v1/models": Self.models, "/props": #"{"total_slots":2,"build_info":"b1"}"#,
            "/slots": #"[{"is_processing":true},{"is_processing":false}]"#,
        ])
        let probe = probe(pages)
        for _ in 0..<3 {
            let report = try await probe.look(at: engine)
            #expect(report.software == .llamaCpp && report.version == "b1")
            #expect(report.slots == 2 && report.running == 1 && report.waiting == nil)
        }
        #expect(pages.times("/slots") == 3 && pages.times("/props") == 1 && pages.times("/metrics") == 1)
    }

    @Test func vllmIsAskedForItsMetricsOnly() async throws {
        let pages = Pages([
            "/v1/models": #"{"data":[{"id":"m","owned_by":"vllm"}]}"#,
            "/metrics": "vllm:num_requests_running 2\nvllm:num_requests_waiting 1\n",
        ])
        let probe = probe(pages)
        for _ in 0..<3 {
            let report = try await probe.look(at: engine)
            #expect(report.software == .vllm && report.running == 2 && report.waiting == 1 && report.slots == nil)
        }
        #expect(pages.times("/metrics") == 3 && pages.times("/slots") == 1 && pages.times("/props") == 1)
    }

    @Test func anEngineWithoutSuchPagesIsUpAndLeftAlone() async throws {
        let pages = Pages(["/v1/models": #"{"data":[{"id":"m"}]}"#])
        let probe = probe(pages)
        for _ in 0..<3 { #expect(try await probe.look(at: engine).software == .other) }
        #expect(pages.times("/metrics") == 1 && pages.times("/v1/models") == 3)
    }

    @Test func pagesThatNeverAnswerDoNotTakeTheEngineDown() async throws {
        let silence: String? = nil
        let pages = Pages(["/v1/models": Self.models, "/props": silence, "/slots": silence, "/metrics": silence])
        let probe = probe(pages, timeout: .milliseconds(20))
        let report = try await probe.look(at: engine)
        #expect(report.models.map(\.name) == ["m"] && report.running == nil && report.software == .llamaCpp)
        _ = try await probe.look(at: engine)
        #expect(pages.times("/slots") == 1)
    }

    @Test func anEngineThatCameBackIsLearnedAnew() async throws {
        let pages = Pages(["/v1/models": "gone"])
        let probe = probe(pages)
        for _ in 0..<2 { await #expect(throws: AuroraError.self) { try await probe.look(at: engine) } }
        #expect(pages.times("/metrics") == 2)
    }

    @Test func ollamaTellsWhatItsModelsTake() async throws {
        let entry = #"{"name":"m:latest","model":"m:latest","size":100}"#
        let pages = Pages([
            "/api/tags": "{\"models\":[\(entry)]}", "/api/ps": #"{"models":[{"name":"m:latest","size":120,"size_vram":80}]}"#,
            "/api/version": #"{"version":"0.12.0"}"#,
        ])
        let report = try await probe(pages).look(at: EngineSpec(name: "e", kind: .ollama, url: "http://e", source: .manifest))
        #expect(report.software == .ollama && report.version == "0.12.0" && report.slots == nil)
        #expect(report.memory.bytes == 120 && report.memory.gpuBytes == 80)
        #expect(pages.times("/slots") == 0)
    }
}
