import AuroraAPI
import AuroraModel
import Testing

@testable import AuroraCommands

@Suite("The mesh for people")
struct MeshReportTests {
    private func view(_ nodes: [MeshNode]) -> MeshView {
        MeshView(
            mesh: "home", node: "aurora", nodes: nodes, workers: [], models: [], line: MeshLine(running: 2, waiting: 1),
            tasks: MeshTasks(queued: 4, active: 1, completed: 120, failed: 2), lastDecision: nil)
    }

    private let gpu = GPUReport(name: "RTX 4090", vendor: "nvidia", memoryBytes: 24 << 30, memoryUsedBytes: 6 << 30)

    @Test func hasASummaryAndALineForEachNode() {
        let nodes = [
            MeshNode(name: "aurora", role: .lead, status: .online, ageSeconds: 0, linkMs: 0, version: "0.1.0"),
            MeshNode(name: "pod", role: .gpu, status: .online, ageSeconds: 1, linkMs: 38.2, version: "0.1.0", gpus: [gpu, gpu], inFlight: 3),
            MeshNode(name: "book", role: .laptop, status: .asleep, reason: "no answer", ageSeconds: 5400),
        ]
        #expect(
            MeshReport.nodes(view(nodes)) == """
                home as 'aurora' sees it: 2 of 3 nodes online, 2 GPUs
                  requests  2 running, 1 waiting
                  tasks     1 active, 4 queued, 120 completed, 2 failed

                NODE    ROLE    STATUS  LINK   GPUS                          IN FLIGHT  VERSION  NOTE
                aurora  lead    online  -      -                             0          0.1.0    \("")
                pod     gpu     online  38 ms  2× RTX 4090, 12.0 of 48.0 GB  3          0.1.0    \("")
                book    laptop  asleep  -      -                             0          -        no answer (1 h 30 min ago)
                """)
    }

    @Test func cannotBeForgedByANode() {
        let shown = MeshReport.nodes(view([MeshNode(name: "x\n\u{1B}[2J", role: .gpu, status: .offline, reason: "no\nfake  lead  online")]))
        #expect(!shown.contains("\u{1B}"))
        #expect(!shown.contains("\nfake"))
    }

    @Test func survivesNumbersThatMakeNoSense() {
        let odd = GPUReport(name: "g", vendor: "v", memoryBytes: .max, memoryUsedBytes: .min)
        let node = MeshNode(name: "a", role: .gpu, status: .offline, reason: "r", ageSeconds: .infinity, linkMs: .nan, gpus: [odd, odd])
        #expect(MeshReport.nodes(view([node])).contains("r (- ago)"))
    }

    @Test func showsWorkersWithTheirStateAndQueue() {
        var worker = MeshWorker(
            name: "pod/ollama", node: "pod", kind: .ollama, status: "up", inFlight: 2, outside: 1, waiting: 5, slots: .init(now: 4, source: "told"),
            requests: 9, failures: 1, models: [.init(name: "m", loaded: true), .init(name: "n", loaded: false)])
        let lines = MeshReport.workers([worker]).split(separator: "\n")
        #expect(lines[1] == "pod/ollama  pod   ollama  up     3 of 4  5        9      1       m*, n")
        worker.breaker = "open"
        #expect(MeshReport.workers([worker]).contains("resting"))
        worker.breaker = "closed"
        worker.takesWork = false
        #expect(MeshReport.workers([worker]).contains("draining"))
        #expect(MeshReport.workers([]).contains("aurora doctor"))
    }

    @Test func showsModelsWithSpeedsThatWereMeasuredOrAssumed() {
        let measured = MeshWorker.Model(
            name: "m", loaded: true, sizeBytes: 5 << 30, samples: 12, loadSeconds: 3.14, promptTokensPerSecond: 2410, tokensPerSecond: 92.44,
            errorRatio: 1.043)
        let assumed = MeshWorker.Model(name: "m", loaded: false, loadSeconds: 0.4, promptTokensPerSecond: 300, tokensPerSecond: 20)
        let model = MeshModel(
            name: "m", aliases: ["fast"], waiting: 0,
            places: [
                .init(worker: "pod/a", node: "pod", takesWork: true, model: measured),
                .init(worker: "b", node: "me", takesWork: false, model: assumed),
            ])
        #expect(
            MeshReport.models([model]) == """
                MODEL     WORKER  LOADED  SIZE    TOK/S  PROMPT TOK/S  LOADS IN  MEASURED  REAL/PREDICTED
                m (fast)  pod/a   yes     5.0 GB  92.4   2410.0        3.1 s     12        1.04
                          b       no      -       ~20.0  ~300.0        ~400 ms   0         -
                """)
        #expect(MeshReport.models([]).contains("aurora mesh pull"))
    }
}

@Suite("Decisions for people")
struct DecisionReportTests {
    private func times(_ queue: Double, _ load: Double, _ link: Double, _ prompt: Double) -> MeshDecision.Times {
        .init(queue: queue, load: load, link: link, prompt: prompt, firstToken: queue + load + link + prompt, perToken: 0.011)
    }

    private func decision(first: Double? = 0.31) -> MeshDecision {
        MeshDecision(
            id: "6f1c", ageSeconds: 12.4, route: "/v1/chat/completions", model: "m", worker: "pod/a", policy: "predicted", reason: "fastest",
            why: "the first token is expected soonest from 'pod/a', in 288 ms", promptTokens: 604, predicted: times(0, 0, 0.038, 0.25),
            alternatives: [.init(worker: "b", predicted: times(0.2, 4.4, 0.003, 0.4)), .init(worker: nil, predicted: times(0, 0, 0, 9))],
            waitedSeconds: 0.2, firstTokenSeconds: first, seconds: 2.94, status: 200, failed: ["lab"], continued: true)
    }

    @Test func areATableOfPredictedAgainstMeasured() {
        #expect(
            DecisionReport.list([decision(), decision(first: nil)]) == """
                REQUEST  AGE   MODEL  WORKER  REASON   PREDICTED  MEASURED  STATUS
                6f1c     12 s  m      pod/a   fastest  288 ms     310 ms    200
                6f1c     12 s  m      pod/a   fastest  288 ms     -         200
                """)
        #expect(DecisionReport.list([]) == "no requests yet")
    }

    @Test func tellInFullWhyAndWhatElseThereWas() {
        #expect(
            DecisionReport.text(decision()) == """
                6f1c: 'm' by /v1/chat/completions, 12 s ago
                  went to   pod/a (policy predicted, reason fastest)
                  because   the first token is expected soonest from 'pod/a', in 288 ms
                  waited    200 ms before it
                  failed    lab
                  answered  200 in 2.9 s, begun by one worker and ended by another

                predicted, for a prompt of about 604 tokens (* chosen):
                          QUEUE   LOAD   LINK   PROMPT  FIRST TOKEN  EACH TOKEN
                * pod/a   0 ms    0 ms   38 ms  250 ms  288 ms       11 ms
                  b       200 ms  4.4 s  3 ms   400 ms  5.0 s        11 ms
                  (gone)  0 ms    0 ms   0 ms   9.0 s   9.0 s        11 ms
                measured: first token after 310 ms (1.08 of what was predicted)
                """)
    }

    @Test func cannotBeForgedByAClient() {
        var forged = decision()
        forged.id = "a\u{1B}[2J\nb"
        forged.model = "m\nforged"
        #expect(!DecisionReport.text(forged).contains("\u{1B}"))
        #expect(!DecisionReport.text(forged).contains("\nforged"))
    }
}
