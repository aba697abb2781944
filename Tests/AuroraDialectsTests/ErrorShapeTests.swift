import AuroraDialects
import AuroraModel
import NIOCore
import Testing

@Suite struct ErrorShapeTests {
    @Test func ollamaBodyIsOneText() {
        let error = DialectError.modelNotFound("a\"b", nearest: ["ab", "abc"])
        #expect(error.status == 404)
        #expect(String(buffer: OllamaShape.error(error)) == #"{"error":"model 'a\"b' not found; nearest: 'ab', 'abc'"}"#)
        #expect(String(buffer: OllamaShape.errorLine("gone")) == "{\"error\":\"gone\"}\n")
    }

    @Test func openAIBodyHasAllFourFields() {
        #expect(
            String(buffer: OpenAIShape.error(.emptyMessages))
                == #"{"error":{"message":"[] is too short - 'messages'","type":"invalid_request_error","param":null,"code":null}}"#)
        #expect(
            String(buffer: OpenAIShape.errorEvent(DialectError(.upstream, "gone")))
                == "data: {\"error\":{\"message\":\"gone\",\"type\":\"api_error\",\"param\":null,\"code\":null}}\n\n")
    }

    @Test(arguments: [
        (DialectError.missingBody, 400, "missing request body"), (.modelNotFound("x"), 404, "model 'x' not found"),
        (.doesNotSupport("x", "chat"), 400, "\"x\" does not support chat"), (.cancelled, 499, "request canceled"),
        (.busy, 503, "server busy, please try again.  maximum pending requests exceeded"), (.modelRequired, 400, "model is required"),
        (.invalidBody(JSONError(.empty, at: 0)), 400, "missing request body"), (.unauthorized, 401, "unauthorized"),
        (.invalidBody(JSONError(.trailingBytes, at: 3)), 400, "invalid request body: something follows the JSON value at byte 3"),
    ])
    func textsAreThoseThatClientsMatch(error: DialectError, status: Int, message: String) {
        #expect(error.status == status)
        #expect(error.message == message)
    }

    @Test func ownErrorsKeepTheirHintAndStatus() {
        let error = DialectError(AuroraError(.overloaded, "queue is full", hint: "try again"))
        #expect(error == DialectError(.overloaded, "queue is full; try again", status: 503))
        #expect(DialectError(AuroraError(.timedOut, "late")).status == 504)
    }
}
