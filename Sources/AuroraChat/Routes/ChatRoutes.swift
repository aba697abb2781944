public import AuroraHTTP
public import Hummingbird

/// Adds the chat API: `/api/chat`, `/api/conversations`, `/api/personalities`, `/api/models`, and `/v1` where each
/// personality is a model.
///
/// The middleware before it has found out who calls; what they may do is checked here.
public func addChatRoutes(to router: some RouterMethods<NodeContext>, service: ChatService, gateway: GatewayAddress) {
    let endpoints =
        ChatAPI(service: service).endpoints + ConversationAPI(service: service).endpoints
        + PersonalityModelAPI(service: service, gateway: gateway).endpoints
    for endpoint in endpoints { endpoint.add(to: router) }
}
