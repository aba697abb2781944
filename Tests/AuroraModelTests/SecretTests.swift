import Foundation
import Logging
import Testing

@testable import AuroraModel

@Suite("A secret shows itself nowhere")
struct SecretTests {
    private struct Holder: Encodable {
        var token = Secret("hunter2")
        var spare: Secret? = Secret("hunter2")
        var list = [Secret("hunter2")]
        var named = ["key": Secret("hunter2")]
    }

    @Test func inPrintedText() {
        let secret = Secret("hunter2")
        #expect("\(secret)" == "***")
        #expect(String(describing: secret) == "***")
        #expect(String(reflecting: secret) == "***")
        var printed = ""
        print(secret, [secret], Optional(secret) as Any, Holder(), to: &printed)
        debugPrint(secret, [secret], Optional(secret) as Any, Holder(), to: &printed)
        #expect(!printed.contains("hunter2"))
        #expect(printed.contains("***"))
    }

    @Test func inDumpsAndMirrors() {
        var dumped = ""
        dump(Holder(), to: &dumped)
        dump(Secret("hunter2"), to: &dumped)
        #expect(!dumped.contains("hunter2"))
        #expect(Mirror(reflecting: Secret("hunter2")).children.isEmpty)
    }

    @Test func inEncodedValues() throws {
        let json = String(decoding: try JSONEncoder().encode(Holder()), as: UTF8.self)
        #expect(!json.contains("hunter2"))
        #expect(json.contains("\"token\":\"***\""))
    }

    @Test func inLogMetadataAndErrors() {
        let metadata: Logger.Metadata = ["token": "\(Secret("hunter2"))", "other": .stringConvertible(Secret("hunter2"))]
        #expect(!"\(metadata)".contains("hunter2"))
        #expect(!"\(AuroraError(.failed, "no '\(Secret("hunter2"))'"))".contains("hunter2"))
        #expect(!"\(KeptService(name: "db", kind: .postgres, url: Secret("postgres://u:hunter2@h/d")))".contains("hunter2"))
        #expect(
            !"\(EngineSpec(name: "a", kind: .openai, url: "http://h", apiKey: Secret("hunter2"), source: .manifest))".contains("hunter2"))
    }

    @Test func exceptToTheOneWhoAsksForIt() {
        #expect(Secret("hunter2").reveal() == "hunter2")
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
    }
}
