import AuroraHTTP
import AuroraModel
import AuroraSystem
import HTTPTypes
import Hummingbird
import NIOCore

/// The console: static files inside the binary, with a policy that lets nothing in from elsewhere.
struct ConsoleRoutes: Sendable {
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'"

    /// They hold no data, so they load without a token and can then ask for one.
    static let openPaths = Set(ConsoleAssets.all.map(\.path))

    func add(to router: Router<NodeContext>) {
        for asset in ConsoleAssets.all {
            let tag = "\"\(TokenHash.hash(String(decoding: asset.bytes, as: UTF8.self)).prefix(16))\""
            router.get(RouterPath(asset.path)) { request, _ in Self.response(asset, tag: tag, request) }
        }
    }

    private static func response(_ asset: ConsoleAssets.Asset, tag: String, _ request: Request) -> Response {
        let headers: HTTPFields = [
            .contentType: asset.type, .eTag: tag, .cacheControl: "no-cache", .contentSecurityPolicy: policy,
            .xContentTypeOptions: "nosniff",
        ]
        guard request.headers[.ifNoneMatch] != tag else { return Response(status: .notModified, headers: headers) }
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(bytes: asset.bytes)))
    }
}
