public import Hummingbird
public import HummingbirdCore
public import Logging

/// Serves a Hummingbird router over a `NodeChannel`.
public enum RouterResponder {
    public static func make(_ router: Router<NodeContext>, logger: Logger) -> HTTPChannelHandler.Responder {
        let responder = router.buildResponder()
        return { request, writer, channel in
            let context = NodeContext(source: .init(channel: channel, logger: logger))
            let response: Response
            do {
                response = try await responder.respond(to: request, context: context)
            } catch {
                // Only what happens outside the router's middleware comes here, such as a body that ends too soon.
                response = ErrorResponse.make(for: error, request: request, context: context)
            }
            try await writer.write(response: response.head, body: response.body)
        }
    }
}
