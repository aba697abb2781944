import Foundation

/// Reads `rocm-smi … --json`: an object with one entry for each card, whose keys and values are texts that changed from version to version.
public enum ROCmText {
    public static func gpus(_ text: String) -> [GPUReport] {
        guard let cards = GPUJSON.object(in: text) else { return [] }
        let named = cards.compactMap { key, value in
            (value as? [String: Any]).flatMap { facts in card(key).map { (number: $0, facts: facts) } }
        }
        return named.sorted { $0.number < $1.number }.compactMap { gpu($0.facts) }
    }

    /// `card0`; other entries, such as `system`, are no cards.
    private static func card(_ key: String) -> Int? { key.hasPrefix("card") ? Int(key.dropFirst(4)) : nil }

    private static func gpu(_ facts: [String: Any]) -> GPUReport? {
        let total = number(facts, "VRAM Total Memory (B)").flatMap(GPUNumber.bytes)
        let name = ["Card Series", "Card series", "Device Name", "Card Model", "Card model"].lazy.compactMap { facts[$0] as? String }
            .map(GPUNumber.trimmed).first { GPUNumber.isKnown($0) && !$0.hasPrefix("0x") }
        guard total != nil || name != nil else { return nil }
        return GPUReport(
            name: name ?? "AMD GPU", vendor: "amd", memoryBytes: total,
            memoryUsedBytes: number(facts, "VRAM Total Used Memory (B)").flatMap(GPUNumber.bytes),
            utilisationPercent: number(facts, "GPU use (%)").flatMap(GPUNumber.percent),
            temperatureCelsius: temperature(facts).flatMap(GPUNumber.celsius))
    }

    /// The edge sensor where there is one; accelerators have only that of the junction.
    private static func temperature(_ facts: [String: Any]) -> Double? {
        ["edge", "junction", "memory"].lazy.compactMap { number(facts, "Temperature (Sensor \($0)) (C)") }.first
    }

    private static func number(_ facts: [String: Any], _ key: String) -> Double? {
        switch facts[key] {
        case let text as String: GPUNumber.of(GPUNumber.trimmed(text))
        case let number as NSNumber: number.doubleValue.isFinite ? number.doubleValue : nil
        default: nil
        }
    }
}

/// JSON with warnings before and after it, as tools write it.
enum GPUJSON {
    static func object(in text: String) -> [String: Any]? {
        guard let start = text.firstIndex(of: "{"), let end = text.lastIndex(of: "}"), start < end else { return nil }
        return (try? JSONSerialization.jsonObject(with: Data(text[start...end].utf8))) as? [String: Any]
    }
}
