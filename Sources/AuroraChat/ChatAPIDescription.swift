/// The OpenAPI 3.1 description of the chat API.
public enum ChatAPIDescription {
    /// UTF-8 JSON.
    public static var json: [UInt8] { PackageResources.openapi_chat_json }
}
