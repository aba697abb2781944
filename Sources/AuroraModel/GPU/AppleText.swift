import Foundation

/// Reads `system_profiler SPDisplaysDataType -json`. It tells the model, and the memory of cards that have their own; those of Apple share
/// the machine's, of which no fixed part is theirs.
public enum AppleText {
    public static func gpus(_ text: String) -> [GPUReport] {
        guard let cards = GPUJSON.object(in: text)?["SPDisplaysDataType"] as? [Any] else { return [] }
        return cards.compactMap { ($0 as? [String: Any]).flatMap(gpu) }
    }

    private static func gpu(_ card: [String: Any]) -> GPUReport? {
        guard let model = (card["sppci_model"] ?? card["_name"]) as? String, !model.isEmpty else { return nil }
        let cores = (card["sppci_cores"] as? String).flatMap { Int($0) }
        let memory = (card["spdisplays_vram"] as? String).flatMap(bytes)
        return GPUReport(name: cores.map { "\(model) (\($0) cores)" } ?? model, vendor: vendor(card, model), memoryBytes: memory)
    }

    private static func vendor(_ card: [String: Any], _ model: String) -> String {
        let told = "\(card["spdisplays_vendor"] as? String ?? "") \(model)".lowercased()
        if told.contains("nvidia") { return "nvidia" }
        return told.contains("amd") || told.contains("ati ") || told.contains("radeon") ? "amd" : "apple"
    }

    /// `8 GB` or `1536 MB`.
    private static func bytes(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 2, let number = GPUNumber.of(String(words[0])) else { return nil }
        return switch words[1] {
        case "GB": GPUNumber.bytes(number * 1_073_741_824)
        case "MB": GPUNumber.bytes(number * 1_048_576)
        default: nil
        }
    }
}
