import AuroraDialects

/// Reads server-sent events as a browser does.
struct SSE: Sendable {
    var name = "message"
    var id: String?
    var data: JSON = .null

    /// Whole events only.
    static func parse(_ text: String) -> [SSE] {
        text.split(separator: "\n\n", omittingEmptySubsequences: true).compactMap { block in
            var event = SSE()
            for line in block.split(separator: "\n") where !line.hasPrefix(":") {
                let parts = line.split(separator: ": ", maxSplits: 1)
                guard parts.count == 2 else { return nil }
                switch parts[0] {
                case "event": event.name = String(parts[1])
                case "id": event.id = String(parts[1])
                case "data": event.data = (try? JSON(parsing: String(parts[1]))) ?? .null
                default: return nil
                }
            }
            return event.data.isNull ? nil : event
        }
    }
}

extension [SSE] {
    var content: String { compactMap { $0.name == "content" ? $0.data["content"]?.string : nil }.joined() }
}
