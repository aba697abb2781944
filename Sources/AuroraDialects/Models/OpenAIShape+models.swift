import AuroraModel
public import NIOCore

import struct Foundation.Date

extension OpenAIShape {
    /// `/v1/models`.
    public static func models(_ models: [EngineModel]) -> ByteBuffer {
        JSON.object(["object": "list", "data": .array(models.map { .object(entry($0)) })]).bytes
    }

    /// `/v1/models/{model}`.
    public static func model(_ model: EngineModel) -> ByteBuffer {
        JSON.object(entry(model)).bytes
    }

    /// The engine's own entry where it is of this wire, with the four fields that every client expects.
    private static func entry(_ model: EngineModel) -> JSONObject {
        var entry: JSONObject = ["id": .string(model.name), "object": "model"]
        entry.append("created", .int(Int(model.modifiedAt?.timeIntervalSince1970.rounded(.down) ?? 0)))
        guard model.kind == .openai else {
            entry.append("owned_by", .string(ModelName(model.name).namespace))
            return entry
        }
        entry.append("owned_by", model.listed["owned_by"] ?? "library")
        for member in model.listed.members where entry[member.key] == nil { entry.append(member.key, member.value) }
        return entry
    }
}
