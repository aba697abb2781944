import AuroraDialects
import NIOCore
import Testing

/// Requests in which every field is used; each value in turn is replaced by one of every other type.
@Suite struct FaceTypeTests {
    private static let anthropic = """
        {"model":"m","max_tokens":9,"stream":true,"system":[{"type":"text","text":"s"}],"temperature":1,"top_p":1,"top_k":1,\
        "stop_sequences":["x"],"thinking":{"type":"enabled","budget_tokens":9},"tool_choice":{"type":"tool","name":"f",\
        "disable_parallel_tool_use":true},"tools":[{"type":"custom","name":"f","description":"d","input_schema":{"type":"object"},\
        "strict":true}],"output_config":{"effort":"low","format":{"type":"json_schema","schema":{}}},"mcp_servers":[],"messages":[\
        {"role":"user","content":[{"type":"text","text":"a"},{"type":"image","source":{"type":"base64","media_type":"image/png",\
        "data":"aGk="}},{"type":"document","title":"t","source":{"type":"content","content":[{"type":"text","text":"c"}]}}]},\
        {"role":"assistant","content":[{"type":"text","text":"b"},{"type":"tool_use","id":"i","name":"f","input":{"a":1}}]},\
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"i","is_error":false,"content":[{"type":"text","text":"r"}]}]}]}
        """
    private static let responses = """
        {"model":"m","stream":true,"instructions":"s","max_output_tokens":9,"temperature":1,"top_p":1,"parallel_tool_calls":true,\
        "background":false,"include":["reasoning.encrypted_content"],"top_logprobs":0,"reasoning":{"effort":"low"},\
        "tool_choice":{"type":"function","name":"f"},"tools":[{"type":"function","name":"f","description":"d","parameters":{},\
        "strict":true}],"text":{"verbosity":"low","format":{"type":"json_schema","name":"n","description":"d","schema":{},"strict":true}},\
        "input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image",\
        "image_url":"data:","detail":"low"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},\
        {"type":"function_call_output","call_id":"c","output":[{"type":"output_text","text":"o"}]}]}
        """

    @Test(arguments: [(Face.anthropic, anthropic), (.responses, responses)])
    func aWrongTypeAnywhereIsRefusedOrHarmless(_ face: Face, _ body: String) throws {
        let document = try JSON(parsing: body)
        #expect(face.refusal(body) == nil)
        var refused = 0
        for changed in Self.variants(of: document) {
            do throws(DialectError) {
                let request = try face.translate(changed.bytes, id: "1", created: 7)
                #expect((try? JSON(parsing: request.body))?["messages"]?.array?.isEmpty == false)
            } catch {
                refused += 1
                let names = error.message.contains("'") || error.message.hasPrefix("invalid request body") || error == .modelRequired
                #expect(error.kind == .invalidRequest && names, "\(changed.text)")
            }
        }
        #expect(refused > 150)
    }

    /// The value with each value inside it replaced, one at a time.
    private static func variants(of value: JSON) -> [JSON] {
        let others: [JSON] = [.null, true, 3, "?", [[:]], ["?": 1]]
        switch value {
        case .object(let object):
            return others
                + object.members.indices.flatMap { place in
                    variants(of: object.members[place].value).map { changed in
                        var members = object.members
                        members[place].value = changed
                        return .object(JSONObject(members: members))
                    }
                }
        case .array(let elements):
            return others
                + elements.indices.flatMap { place in
                    variants(of: elements[place]).map { changed in
                        var all = elements
                        all[place] = changed
                        return .array(all)
                    }
                }
        default: return others
        }
    }
}
