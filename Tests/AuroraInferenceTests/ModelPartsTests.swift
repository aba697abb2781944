import AuroraModel
import NIOCore
import Synchronization
import Testing

@testable import AuroraDialects
@testable import AuroraInference

@Suite("Pieces of calls about models")
struct ModelPartsTests {
    private func call(_ action: ModelAction, _ body: String) throws -> ModelCall { try ModelCall(action, ByteBuffer(string: body)) }

    @Test func theBodyOfACallIsReadAndItsOtherFieldsAreKept() throws {
        let pull = try call(.pull, #"{"model":"fast","insecure":true,"stream":false}"#)
        #expect(pull.model == "fast" && !pull.streams)
        #expect(String(buffer: pull.body(model: "qwen3:8b")) == #"{"model":"qwen3:8b","insecure":true,"stream":true}"#)
        let old = try call(.delete, #"{"name":"a"}"#)
        #expect(String(buffer: old.body(model: "a:latest")) == #"{"name":"a:latest"}"#)
        let copy = try call(.copy, #"{"source":"a","destination":"b"}"#)
        #expect(copy.model == "a" && copy.destination == "b")
        let digest = "sha256:" + String(repeating: "ab", count: 32)
        let create = try call(.create, #"{"model":"new","from":"base","files":{"m.gguf":"\#(digest)"},"adapters":{"x":7}}"#)
        #expect(create.digests == [digest] && create.from == "base" && create.streams)
    }

    @Test(arguments: [
        (ModelAction.pull, "", "missing request body"), (.pull, "[]", "invalid request body"), (.pull, "{", "invalid request body"),
        (.pull, "{}", "model is required"), (.pull, #"{"model":""}"#, "model is required"),
        (.pull, #"{"model":7}"#, "'model' is a number; it must be a string"),
        (.pull, #"{"model":"a","stream":"yes"}"#, "'stream' is a string; it must be true or false"),
        (.copy, #"{"destination":"b"}"#, "source is required"), (.copy, #"{"source":"a"}"#, "destination is required"),
        (.create, "\u{0}\u{1}", "invalid request body"),
    ])
    func aBodyThatIsNoneIsRefused(_ action: ModelAction, _ body: String, _ words: String) {
        let error = #expect(throws: DialectError.self) { try call(action, body) }
        #expect(error?.status == 400)
        #expect(error?.message.hasPrefix(words) == true, "\(error?.message ?? "")")
    }

    @Test func linesArePutTogetherFromPieces() throws {
        var lines = ProgressLines()
        #expect(try lines.add(ByteBuffer(string: #"{"status":"a"}"# + "\n" + #"{"sta"#)).map { $0["status"]?.string } == ["a"])
        #expect(try lines.add(ByteBuffer(string: "tus\":\"b\"}\n\nno json\n[1]\n{\"status\":\"c\"}")).map { $0["status"]?.string } == ["b"])
        #expect(lines.end()?["status"]?.string == "c")
        #expect(lines.end() == nil)
    }

    @Test func aLineWithoutAnEndIsGivenUp() throws {
        var lines = ProgressLines()
        let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: ProgressLines.limit)
        #expect(try lines.add(piece).isEmpty)
        #expect(throws: DialectError.self) { try lines.add(piece) }
    }

    @Test func failuresNameTheirEngineAndWhatWasDoneAllTheSame() {
        let ends = [
            ProgressEnd(engine: "a", error: nil), ProgressEnd(engine: "b", error: DialectError(.notFound, "no such manifest")),
            ProgressEnd(engine: "c", error: DialectError(.upstream, "gone")),
        ]
        #expect(ProgressLine.summary(ends) == DialectError(.notFound, "'b': no such manifest; 'c': gone; done on 'a'"))
        #expect(ProgressLine.summary([ends[1]]).message == "no such manifest")
    }

    @Test func blobsAreRememberedForAnHour() throws {
        let now = Mutex(ContinuousClock.now)
        let places = BlobPlaces { now.withLock { $0 } }
        places.put("d1", on: "a")
        places.put("d2", on: "b")
        #expect(try places.engine(of: ["d1", "unknown"]) == "a")
        #expect(try places.engine(of: ["unknown"]) == nil)
        let apart = #expect(throws: BlobsApart.self) { try places.engine(of: ["d1", "d2"]) }
        #expect(apart?.engines == ["a", "b"])
        now.withLock { $0 += BlobPlaces.memory }
        #expect(try places.engine(of: ["d1", "d2"]) == nil)
    }

    @Test func onlySoManyBlobsAreRemembered() throws {
        let now = Mutex(ContinuousClock.now)
        let places = BlobPlaces {
            now.withLock {
                $0 += .milliseconds(1); return $0
            }
        }
        for number in 0...BlobPlaces.limit { places.put("\(number)", on: "a") }
        #expect(try places.engine(of: ["0"]) == nil)
        #expect(try places.engine(of: ["1"]) == "a")
        #expect(try places.engine(of: ["\(BlobPlaces.limit)"]) == "a")
    }

    @Test(arguments: [
        "", "sha256:", "sha256:xyz", "md5:" + String(repeating: "a", count: 64), "../../etc/passwd",
        "sha256:" + String(repeating: "A", count: 64),
    ])
    func whatIsNoDigestIsRefused(_ text: String) { #expect(BlobDigest.normalised(text) == nil) }

    @Test func aDigestMayHaveAHyphen() {
        let digits = String(repeating: "0f", count: 32)
        #expect(BlobDigest.normalised("sha256-\(digits)") == "sha256:\(digits)")
    }

    @Test func aliasesStandForTheirModels() {
        let aliases = ModelAliases([("fast", "qwen3:8b"), ("lost", "none")])
        #expect(aliases.resolve("fast") == "qwen3:8b" && aliases.resolve("fast:latest") == "qwen3:8b")
        #expect(aliases.resolve("qwen3:8b") == "qwen3:8b" && aliases.target(of: "Fast") == nil)
        let models = [
            EngineModel(name: "qwen3:8b", kind: .ollama, digest: "d", listed: ["name": "qwen3:8b", "model": "qwen3:8b", "size": 7])
        ]
        let listed = ModelLists.withAliases(models, aliases)
        #expect(listed.map(\.name) == ["qwen3:8b", "fast"])
        #expect(listed[1].listed["name"]?.string == "fast" && listed[1].listed["size"]?.int == 7)
        #expect(ModelLists.withAliases(models, ModelAliases([("qwen3:8b", "other")])).count == 1)
    }
}
