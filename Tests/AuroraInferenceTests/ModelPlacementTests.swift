import AuroraHTTP
import AuroraModel
import HTTPTypes
import Testing

@testable import AuroraDialects
@testable import AuroraInference

@Suite("Where a call about models goes")
struct ModelPlacementTests {
    private static func engine(
        _ name: String, node: String = "here", kind: EngineKind = .ollama, up: Bool = true, _ models: [String] = []
    ) -> EngineFacts {
        EngineFacts(name: name, node: node, kind: kind, isUp: up, isLocal: !name.contains("/"), models: models, loaded: [])
    }

    private let mesh = [
        engine("ollama", ["a:latest", "b:latest"]), engine("desk/ollama", node: "desk", ["a:latest"]),
        engine("pod/ollama", node: "pod", ["c:latest"]), engine("pod/vllm", node: "pod", kind: .openai, ["v"]),
        engine("book/ollama", node: "book", up: false),
    ]

    private func place(
        _ action: ModelAction, _ model: String? = "a", names: [String] = [], engine: String? = nil, forwarded: Bool = false,
        rules: ModelRules = ModelRules(), blobsOn: String? = nil, source: String? = nil, in engines: [EngineFacts]? = nil
    ) throws(DialectError) -> [String] {
        let choice = ModelChoice(names: names, engine: engine, isForwarded: forwarded)
        var placement = ModelPlacement(action: action, model: model, choice: choice, rules: rules)
        (placement.blobsOn, placement.source) = (blobsOn, source)
        return try placement.engines(of: engines ?? mesh).map(\.name)
    }

    private func refusal(_ body: () throws -> [String]) -> (Int, String)? {
        do { _ = try body() } catch let error as DialectError { return (error.status, error.message) } catch { return (0, "\(error)") }
        return nil
    }

    @Test func theCallersWordComesFirst() throws {
        let rules = ModelRules(nodes: [("a", ["pod"])])
        #expect(try place(.pull, names: ["desk"], rules: rules) == ["desk/ollama"])
        #expect(try place(.pull, names: ["desk", "pod/ollama", "desk"], rules: rules) == ["desk/ollama", "pod/ollama"])
        #expect(try place(.delete, names: ["here"]) == ["ollama"])
    }

    @Test func thenTheManifest() throws {
        let rules = ModelRules(nodes: [("A:latest", ["pod", "here"])])
        #expect(try place(.pull, rules: rules) == ["pod/ollama", "ollama"])
        #expect(try place(.delete, rules: rules) == ["ollama"])
        #expect(try place(.create, rules: ModelRules(nodes: [("a", ["desk"])])) == ["desk/ollama"])
    }

    @Test func thenWhereTheModelIs() throws {
        #expect(try place(.delete, "c") == ["pod/ollama"])
        #expect(try place(.push, "b:latest") == ["ollama"])
        #expect(try place(.copy) == ["ollama", "desk/ollama"])
    }

    @Test func theOnlyOllamaGetsEverything() throws {
        let one = [mesh[0], mesh[3]]
        for action in ModelAction.allCases { #expect(try place(action, in: one) == ["ollama"]) }
    }

    @Test func blobsAndTheirModelStayTogether() throws {
        #expect(try place(.create, "new", blobsOn: "desk/ollama") == ["desk/ollama"])
        #expect(try place(.addBlob, nil, names: ["pod"]) == ["pod/ollama"])
        #expect(try place(.create, "new", source: "c") == ["pod/ollama"])
    }

    @Test func whatIsOpenIsRefusedWithTheNamesToChooseFrom() {
        #expect(
            refusal { try place(.pull) }
                ?? (0, "") == (
                    409,
                    "there are several Ollama engines: 'desk', 'here', 'pod'; say which one is to pull with the header 'X-Aurora-Node: desk' "
                        + "or '?on=desk', or several with commas between them, or write 'models: { \"a\": { on: [ … ] } }' into aurora.yml"
                ))
        #expect(
            refusal { try place(.delete) }
                ?? (0, "") == (
                    409,
                    "'a' is on several engines: 'desk', 'here'; say which one is to delete with the header 'X-Aurora-Node: desk' or "
                        + "'?on=desk', or several with commas between them"
                ))
        #expect(refusal { try place(.addBlob, nil) }?.0 == 409)
        #expect(refusal { try place(.create, names: ["desk", "pod"]) }?.0 == 409)
    }

    @Test func whatCannotBeIsRefusedWithTheReason() {
        #expect(refusal { try place(.pull, names: ["mars"]) }?.0 == 404)
        #expect(refusal { try place(.pull, names: ["mars"]) }?.1.contains("known: 'book', 'book/ollama', 'desk'") == true)
        #expect(refusal { try place(.pull, names: ["book"]) } ?? (0, "") == (503, "the Ollama of 'book' does not answer now"))
        #expect(refusal { try place(.pull, names: ["book/ollama"]) }?.0 == 503)
        #expect(refusal { try place(.delete, "none") } ?? (0, "") == (404, "model 'none' not found"))
        let words = refusal { try place(.pull, names: ["pod/vllm"]) }
        #expect(words?.0 == 400)
        #expect(words?.1.hasPrefix("'pod/vllm' is OpenAI-compatible and has no call to pull") == true)
        #expect(refusal { try place(.pull, in: [mesh[3]]) }?.0 == 400)
        #expect(refusal { try place(.pull, in: []) }?.0 == 503)
        #expect(refusal { try place(.pull, in: [mesh[4]]) }?.0 == 503)
    }

    @Test func aForwardedCallGoesNoFurther() throws {
        #expect(try place(.pull, engine: "ollama", forwarded: true) == ["ollama"])
        #expect(refusal { try place(.pull, engine: "desk/ollama", forwarded: true) }?.0 == 404)
        #expect(try place(.copy, forwarded: true) == ["ollama"])
    }

    @Test func aNodeWithTwoOllamasMustBeToldWhichUnlessTheModelTells() throws {
        let two = mesh + [Self.engine("desk/second", node: "desk", ["d:latest"])]
        let words = refusal { try place(.pull, names: ["desk"], in: two) }
        #expect(words?.0 == 409)
        #expect(words?.1.contains("'desk/ollama', 'desk/second'; name one of them") == true)
        #expect(try place(.delete, "d", names: ["desk"], in: two) == ["desk/second"])
    }

    @Test(arguments: [
        ("desk", nil, ["desk"]), (" desk , pod,,desk", nil, ["desk", "pod"]), (nil, "pod", ["pod"]), ("a", "b", ["a"]), (nil, nil, []),
        (",,,", nil, []),
    ])
    func namesAreReadFromHeaderAndQuery(_ header: String?, _ query: String?, _ names: [String]) {
        var headers = HTTPFields()
        headers[.auroraNode] = header
        #expect(ModelChoice(headers: headers, query: query).names == names)
    }

    @Test(arguments: [(nil, false), ("0", false), ("1", true), ("2", true), ("x", true)])
    func aHopIsACallFromAnotherNode(_ header: String?, _ forwarded: Bool) {
        var headers = HTTPFields()
        headers[.auroraHop] = header
        #expect(ModelChoice(headers: headers, query: nil).isForwarded == forwarded)
    }
}
