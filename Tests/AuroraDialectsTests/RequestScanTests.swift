import AuroraDialects
import NIOCore
import Testing

@Suite struct RequestScanTests {
    private func scan(_ body: String) throws(JSONError) -> RequestScan { try RequestScan(ByteBuffer(string: body)) }

    @Test func readsWhatRoutingNeeds() throws {
        let body = #"""
            { "messages": [{"role":"user","content":"say \"model\": {[ 漢"}], "model" : "llama3:8b",
              "options": {"model":"not this","stream":true}, "stream":false, "stream_options":{"x":[],"include_usage":true},
              "keep_alive": "5m", "other": [{"a":[[]]}] }
            """#
        let scan = try scan(body)
        #expect(scan.model == "llama3:8b")
        #expect(scan.stream == false)
        #expect(scan.includeUsage == true)
        #expect(scan.messages == .present)
        #expect(scan.prompt == .missing)
        #expect(scan.input == .missing)
        #expect(scan.keepAlive == "\"5m\"")
        let range = try #require(scan.modelRange)
        #expect(String(decoding: Array(body.utf8)[range], as: UTF8.self) == "\"llama3:8b\"")
    }

    @Test(arguments: [
        (#"{"messages":[]}"#, RequestScan.Content.empty), (#"{"messages":[ ]}"#, .empty), (#"{"messages":null}"#, .empty),
        (#"{"messages":""}"#, .empty), (#"{"messages":[null]}"#, .present), (#"{"messages":"x"}"#, .present),
        (#"{"messages":{}}"#, .present), (#"{"messages":0}"#, .present), (#"{}"#, .missing), (#"{"Messages":[1]}"#, .missing),
    ])
    func tellsMissingEmptyAndPresent(body: String, expected: RequestScan.Content) throws {
        #expect(try scan(body).messages == expected)
    }

    @Test func lastOfTwoEqualKeysCounts() throws {
        let scan = try scan(#"{"model":"a","stream":true,"mod\u0065l":"b\u00e4","stream":null}"#)
        #expect(scan.model == "bä")
        #expect(scan.stream == nil)
    }

    @Test func replacesOnlyTheModel() throws {
        let body = ByteBuffer(string: #"{ "x": 1.50, "model" :"a" , "y":"\u00e4"}"#)
        #expect(
            String(buffer: try RequestScan(body).replacingModel(in: body, with: "b\"c")) == #"{ "x": 1.50, "model" :"b\"c" , "y":"\u00e4"}"#
        )
    }

    @Test func replacingWorksInASliceThatDoesNotStartAtZero() throws {
        var body = ByteBuffer(string: #"junk{"model":"a"}"#)
        body.moveReaderIndex(forwardBy: 4)
        #expect(String(buffer: try RequestScan(body).replacingModel(in: body, with: "bb")) == #"{"model":"bb"}"#)
    }

    @Test(arguments: [
        ("", JSONError.Reason.empty, 0), ("[]", .notAnObject, 0), ("\"model\"", .notAnObject, 0), ("{\"model\":\"a\"", .unexpectedEnd, 12),
        ("{\"model\":\"a\"}x", .trailingBytes, 13), ("{\"model\":\"a\",\"m\":[1}", .unexpectedByte(UInt8(ascii: "}")), 19),
        ("{\"a\":tru}", .unexpectedByte(UInt8(ascii: "}")), 8), ("{\"model\":5}", .wrongType(field: "model", expected: "a string"), 9),
        ("{\"stream\":\"yes\"}", .wrongType(field: "stream", expected: "true or false"), 10),
        ("{\"model\":[1,}", .unexpectedByte(UInt8(ascii: "}")), 12), ("{\"a\":\"\u{1}\"}", .controlCharacter(1), 6),
    ])
    func refusesWhatIsNotOneObject(body: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason, at: offset)) { try RequestScan(ByteBuffer(string: body)) }
    }

    @Test func agreesWithTheParserOnThousandMalformedBodies() {
        var random = SeededRandom(seed: 7)
        let seed = Array(
            #"{"model":"m","stream":true,"messages":[{"role":"user","content":"h\u00e4 \\ 漢 \"x\""}],"keep_alive":-1,"o":{"t":0.5}}"#.utf8)
        for _ in 0..<1000 {
            let body = ByteBuffer(bytes: random.mutated(seed))
            let parsed = try? JSON(parsing: body)
            do throws(JSONError) {
                let scan = try RequestScan(body)
                #expect(parsed?["model"]?.string == scan.model)
                #expect(parsed?["stream"]?.bool == scan.stream)
            } catch {
                if case .wrongType = error.reason { continue }
                #expect(parsed?.object == nil, "\(error) in \(String(buffer: body))")
            }
        }
    }
}

@Suite struct KeepAliveTests {
    @Test(
        arguments: [
            ("0", KeepAlive.unload), ("-0.0", .unload), ("\"0\"", .unload), ("\"0s\"", .unload), ("\"0h0m\"", .unload), ("300", .stay),
            ("-1", .stay), ("\"5m\"", .stay), ("\"1h30m\"", .stay), ("\"-1m\"", .stay), ("\"1.5h\"", .stay), ("null", nil),
        ] as [(String, KeepAlive?)])
    func isReadLikeInOllama(raw: String, expected: KeepAlive?) throws {
        #expect(try KeepAlive(raw: raw) == expected)
    }

    @Test(arguments: ["\"\"", "\"5\"", "\"m\"", "\"5 m\"", "\"1.2.3s\"", "\"5d\"", "true", "{}", "[1]"])
    func refusesWhatOllamaRefuses(raw: String) {
        #expect(throws: DialectError.self) { try KeepAlive(raw: raw) }
    }
}
