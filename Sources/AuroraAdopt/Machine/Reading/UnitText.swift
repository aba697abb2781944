import AuroraModel
import Foundation

/// A line of `systemctl list-units`.
struct ListedUnit: Equatable {
    let name: String
    /// `active`, `inactive`, `failed`, …
    let state: String
    let description: String
}

/// Reads what `systemctl` says.
enum UnitText {
    /// `systemctl list-units --output=json`; older versions know no such output and write a table all the same.
    static func listed(_ text: String) -> [ListedUnit] {
        guard let units = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [Any] else {
            return text.split(whereSeparator: \.isNewline).compactMap(line)
        }
        return units.compactMap { unit in
            guard let unit = unit as? [String: Any], let name = unit["unit"] as? String, let state = unit["active"] as? String,
                unit["load"] as? String != "not-found", isName(name)
            else { return nil }
            return ListedUnit(name: name, state: state, description: unit["description"] as? String ?? "")
        }
    }

    /// `name load active sub description`; a mark stands before units that are in trouble.
    private static func line(_ line: Substring) -> ListedUnit? {
        let marks: Set<Character> = ["●", "*", "×", "○"]
        let words = line.drop { $0 == " " || marks.contains($0) }.split(separator: " ", maxSplits: 4)
        guard words.count >= 4, isName(String(words[0])), words[1] != "not-found" else { return nil }
        return ListedUnit(
            name: String(words[0]), state: String(words[2]), description: words.count > 4 ? KernelText.trimmed(words[4]) : "")
    }

    /// Whether a text can be a unit's name, so that it can be handed to `systemctl` as an argument.
    static func isName(_ text: String) -> Bool {
        let kinds = [".service", ".timer", ".socket"]
        return !text.hasPrefix("-") && text.utf8.count < 256 && kinds.contains(where: text.hasSuffix)
            && text.unicodeScalars.allSatisfy { $0.value > 32 && $0 != "/" }
    }

    /// What `shown` wants of `systemctl show`.
    static let properties = "Id,Description,ActiveState,UnitFileState,MainPID,FragmentPath,DropInPaths,LoadState"

    /// `systemctl show -p …`: a paragraph of `Name=value` for each unit.
    static func shown(_ text: String) -> [UnitFacts] {
        var paragraphs: [[String: String]] = [[:]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                paragraphs.append([:])
            } else if let equals = line.firstIndex(of: "=") {
                paragraphs[paragraphs.count - 1][String(line[..<equals])] = String(line[line.index(after: equals)...])
            }
        }
        return paragraphs.compactMap(unit)
    }

    private static func unit(_ facts: [String: String]) -> UnitFacts? {
        guard let name = facts["Id"], isName(name), let state = facts["ActiveState"], facts["LoadState"] != "not-found" else { return nil }
        func told(_ key: String) -> String? { facts[key].flatMap { $0.isEmpty ? nil : $0 } }
        let files = [told("FragmentPath")].compactMap(\.self) + (told("DropInPaths")?.split(separator: " ").map(unescaped) ?? [])
        return UnitFacts(
            name: name, description: told("Description") ?? "", state: state, enablement: told("UnitFileState"),
            mainPid: told("MainPID").flatMap { Int32($0) }.flatMap { $0 > 0 ? $0 : nil }, files: files)
    }

    /// In lists a blank in a path is written `\x20`.
    private static func unescaped(_ path: Substring) -> String { String(path).replacingOccurrences(of: "\\x20", with: " ") }
}
