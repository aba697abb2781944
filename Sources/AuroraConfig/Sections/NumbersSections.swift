/// `ports:`.
enum PortsSection {
    static let schema = Schema<Manifest.Ports>(fields: [
        Field("gateway", \.gateway, .port, "The models, in the dialects of OpenAI and Ollama."),
        Field("chat", \.chat, .port, "The chat API and its WebSocket."),
        Field("console", \.console, .port, "The web console and the node API."),
    ])
}

/// `limits:`.
enum LimitsSection {
    static let schema = Schema<Manifest.Limits>(fields: [
        Field("body", \.bodyBytes, .bytes(1024...10 << 30), "Largest request body."),
        Field("header", \.headerBytes, .bytes(1024...1 << 20), "Largest request head."),
        Field("concurrency", \.concurrency, .int(1...100_000), "Requests the gateway works on, or holds in its line, at once."),
        Field("drain", \.drain, .duration(.zero ... .seconds(3600)), "How long running streams may go on after SIGTERM."),
        Field("conversation_messages", \.conversationMessages, .int(1...1_000_000), "Messages one conversation may hold."),
        Field("first_byte", \.firstByte, .duration(span), "How long an engine may take to its first byte, loading included."),
        Field("silence", \.silence, .duration(span), "How long an engine may be silent within an answer."),
    ])

    private static let span = Duration.milliseconds(10)...Duration.seconds(86_400)
}
