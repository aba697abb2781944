import NIOCore
import Testing

@testable import AuroraDialects

@Suite struct JSONTests {
    @Test(arguments: [
        "null", "true", "false", "0", "-0", "1.50e3", "-1E-7", "123456789012345678901234567890", "\"\"", "\"a\\\"b\\\\c\\n\\t\\u0001\"",
        "[]", "{}", "[1,[2,[3]],{\"a\":[]}]", "{\"z\":1,\"a\":2,\"m\":3}", "\"häß 漢字 🦊\"", "{\"\":0}", "[\"\\u0000\"]",
    ])
    func comesOutAsItWentIn(text: String) throws {
        #expect(try JSON(parsing: text).text == text)
    }

    @Test(arguments: [
        (" \n\t\r{ \"a\" : [ 1 , 2 ] } \n", "{\"a\":[1,2]}"), ("\"\\/\\b\\f\"", "\"/\\u0008\\u000c\""),
        ("\"\\u00e4\\uD83E\\uDD8A\"", "\"ä🦊\""), ("\"\\ud83e\"", "\"\u{fffd}\""), ("\"\\udd8a x\"", "\"\u{fffd} x\""),
        ("\"\\ud83e\\u0041\"", "\"\u{fffd}A\""), ("\"\u{7f}\"", "\"\u{7f}\""),
    ])
    func isReadAsWritten(text: String, expected: String) throws {
        #expect(try JSON(parsing: text).text == expected)
    }

    @Test(arguments: [
        ("", JSONError.Reason.empty, 0), ("  ", .empty, 2), ("[1,", .unexpectedEnd, 3), ("[1,]", .unexpectedByte(UInt8(ascii: "]")), 3),
        ("[1 2]", .unexpectedByte(UInt8(ascii: "2")), 3), ("[,1]", .unexpectedByte(UInt8(ascii: ",")), 1),
        ("{\"a\"}", .unexpectedByte(UInt8(ascii: "}")), 4), ("{a:1}", .unexpectedByte(UInt8(ascii: "a")), 1),
        ("{\"a\":1,}", .unexpectedByte(UInt8(ascii: "}")), 7), ("{'a':1}", .unexpectedByte(UInt8(ascii: "'")), 1),
        ("{1:1}", .unexpectedByte(UInt8(ascii: "1")), 1), ("{\"a\" 1}", .unexpectedByte(UInt8(ascii: "1")), 5),
        ("nul", .unexpectedEnd, 3), ("nulL", .unexpectedByte(UInt8(ascii: "L")), 3), ("True", .unexpectedByte(UInt8(ascii: "T")), 0),
        ("NaN", .unexpectedByte(UInt8(ascii: "N")), 0), ("+1", .unexpectedByte(UInt8(ascii: "+")), 0),
        (".5", .unexpectedByte(UInt8(ascii: ".")), 0), ("-", .invalidNumber, 1), ("1.", .invalidNumber, 2), ("1.e3", .invalidNumber, 2),
        ("1e", .invalidNumber, 2), ("1e+", .invalidNumber, 3), ("01", .trailingBytes, 1), ("-01", .trailingBytes, 2),
        ("0x1", .trailingBytes, 1), ("1 2", .trailingBytes, 2), ("{}}", .trailingBytes, 2), ("\"a", .unexpectedEnd, 2),
        ("\"\\x\"", .invalidEscape, 1), ("\"\\u12G4\"", .invalidEscape, 1), ("\"\\u12", .unexpectedEnd, 1), ("\"\\", .unexpectedEnd, 1),
        ("\"a\nb\"", .controlCharacter(0x0a), 2), ("\"\u{0}\"", .controlCharacter(0), 1), ("]", .unexpectedByte(UInt8(ascii: "]")), 0),
        ("[1}", .unexpectedByte(UInt8(ascii: "}")), 2), ("/*c*/1", .unexpectedByte(UInt8(ascii: "/")), 0),
        ("\u{feff}1", .unexpectedByte(0xef), 0),
    ])
    func refusesWithPlace(text: String, reason: JSONError.Reason, offset: Int) {
        #expect(throws: JSONError(reason, at: offset)) { try JSON(parsing: text) }
    }

    @Test(
        arguments: [
            [0x80], [0xc0, 0x80], [0xc1, 0xbf], [0xc3], [0xc3, 0x28], [0xe0, 0x9f, 0xbf], [0xe2, 0x82], [0xe2, 0x28, 0xa1],
            [0xe2, 0x82, 0x28],
            [0xed, 0xa0, 0x80], [0xf0, 0x8f, 0xbf, 0xbf], [0xf0, 0x9f, 0xa6], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xff],
        ] as [[UInt8]])
    func refusesInvalidUTF8(inside: [UInt8]) {
        let text = ByteBuffer(bytes: [UInt8(ascii: "\"")] + inside + [UInt8(ascii: "\"")])
        #expect(throws: JSONError(.invalidUTF8, at: 1)) { try JSON(parsing: text) }
    }

    @Test func refusesMoreLevelsThanTheLimit() throws {
        func nested(_ levels: Int) -> String { String(repeating: "[", count: levels) + String(repeating: "]", count: levels) }
        #expect(try JSON(parsing: nested(128)).text == nested(128))
        #expect(throws: JSONError(.tooDeep(limit: 128), at: 128)) { try JSON(parsing: nested(129)) }
        #expect(throws: JSONError(.tooDeep(limit: 128), at: 128)) { try JSON(parsing: String(repeating: "[", count: 100_000)) }
    }

    @Test func lastOfTwoEqualKeysCounts() throws {
        #expect(try JSON(parsing: #"{"a":1,"a":2}"#)["a"] == 2)
    }

    @Test func settingKeepsThePlaceOfAKey() {
        var object: JSONObject = ["b": 1, "a": 2]
        object["b"] = 3
        object["c"] = 4
        object["a"] = nil
        #expect(JSON.object(object).text == #"{"b":3,"c":4}"#)
    }

    @Test(
        arguments: [
            ("3", 3), ("3.9", 3), ("-3.9", -3), ("3e2", 300), ("1e400", nil), ("9223372036854775808", nil), ("\"3\"", nil), ("null", nil),
        ] as [(String, Int?)])
    func givesIntegersWithoutTrapping(text: String, expected: Int?) throws {
        #expect(try JSON(parsing: text).int == expected)
    }

    @Test func numbersThatAreNotFiniteBecomeNull() {
        #expect(JSON.double(.nan).text == "null")
        #expect(JSON.double(-.infinity).text == "null")
        #expect(JSON.double(0.25).text == "0.25")
    }

    /// Runs of plain text are searched eight bytes at a time, so each place in such a word is tried.
    @Test func findsSpecialBytesAtEveryPlaceOfAWord() throws {
        for before in 0..<20 {
            let plain = String(repeating: "~", count: before)
            for special in ["\"", "\\", "\n", "ä", "\u{1f}"] {
                let value = JSON.string(plain + special + "tail of some length")
                #expect(try JSON(parsing: value.text) == value)
            }
        }
    }

    @Test func errorsNameTheByte() {
        #expect(JSONError(.unexpectedByte(UInt8(ascii: "x")), at: 12).description == "unexpected 'x' at byte 12")
        #expect(JSONError(.unexpectedByte(0x07), at: 1).description == "unexpected 0x07 at byte 1")
        #expect(JSONError(.wrongType(field: "model", expected: "a string"), at: 9).description == "'model' must be a string, see byte 9")
    }

    @Test func thousandMalformedTextsGiveTypedErrorsOrValues() {
        var random = SeededRandom(seed: 20_261_123)
        let seed = Array(#"{"model":"a","messages":[{"role":"user","content":"h\u00e4 \"x\" 漢"}],"n":[1.5e3,-0,true,null]}"#.utf8)
        var refused = 0
        for _ in 0..<1000 {
            let text = ByteBuffer(bytes: random.mutated(seed))
            do throws(JSONError) {
                let value = try JSON(parsing: text)
                #expect((try? JSON(parsing: value.bytes)) == value)
            } catch {
                refused += 1
                #expect((0...text.readableBytes).contains(error.offset))
            }
        }
        #expect(refused > 500)
    }
}
