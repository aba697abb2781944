public import AuroraModel
import AuroraSystem
import Foundation

extension Plan {
    /// The most that is read of a plan's file, in bytes.
    public static let fileLimit = 64 << 20

    /// As `plan --out` writes it and `--json` prints it: stable, one key a line.
    public func encoded() throws(AuroraError) -> [UInt8] { try StableJSON.bytes(of: self, pretty: true) + [0x0A] }

    /// Reads what `encoded` wrote. What was changed by hand in between is refused, because nobody has seen what it would do.
    public static func read(_ bytes: [UInt8], from path: String) throws(AuroraError) -> Plan {
        guard bytes.count <= fileLimit else { throw unreadable(path, "it is over \(fileLimit >> 20) MiB") }
        if let head: Head = StableJSON.value(from: bytes), head.version != version {
            throw AuroraError(
                .invalid, "the plan '\(path)' has the form \(head.version); this aurora reads form \(version)",
                hint: "make it again with 'aurora plan --out \(path)'")
        }
        guard let plan: Plan = StableJSON.value(from: bytes) else { throw unreadable(path, "it is no plan, or not all of one") }
        if let flaw = plan.flaw { throw unreadable(path, flaw) }
        return plan
    }

    /// What is wrong with a plan that did not come from the planner; nil: nothing.
    var flaw: String? {
        guard id == Self.identity(mesh: mesh, node: node, manifest: manifest, relies: relies, steps: steps) else {
            return "it was changed after it was made"
        }
        guard Set(steps.map(\.id)).count == steps.count else { return "a step is in it twice" }
        return steps.compactMap(\.work.path).first { !PathText.isPlain($0) }.map { "the path '\($0)' is not absolute and plain" }
    }

    static func identity(mesh: String, node: String, manifest: String, relies: Reliance, steps: [Step]) -> String {
        let seal = Seal(mesh: mesh, node: node, manifest: manifest, relies: relies, steps: steps)
        // Values of these types always encode; were one not to, the id would not match and the plan would be refused.
        let bytes = (try? StableJSON.bytes(of: seal)) ?? []
        return String(ContentDigest.of(bytes).prefix(16))
    }

    private static func unreadable(_ path: String, _ why: String) -> AuroraError {
        AuroraError(.invalid, "cannot use the plan '\(path)': \(why)", hint: "make it again with 'aurora plan --out \(path)'")
    }

    private struct Head: Decodable { let version: Int }

    private struct Seal: Encodable {
        let mesh: String
        let node: String
        let manifest: String
        let relies: Reliance
        let steps: [Step]
    }
}
