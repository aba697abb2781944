import AuroraModel
import Foundation

/// A node's report as JSON: snake_case keys, like all of the node API.
enum ReportWire {
    static func encode(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }

    /// Reads the report of another version too: unknown fields are passed over, workers and GPUs of unknown kinds left out.
    /// Throws `invalid` for anything that is no report.
    static func decode(_ data: Data) throws(AuroraError) -> NodeReport {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(Lenient.self, from: data).report
        } catch {
            throw AuroraError(.invalid, "it answers with something that is no report of a node")
        }
    }

    private struct Lenient: Decodable {
        let node: String
        let role: String
        let mesh: String
        let version: String
        let gatewayPort: Int
        let uptimeSeconds: Double
        let isDraining: Bool
        let workers: [Lossy<WorkerReport>]
        let gpus: [Lossy<GPUReport>]

        /// A role of a newer version is one that is never promoted, as a workstation's is not.
        var report: NodeReport {
            NodeReport(
                node: node, role: NodeRole(rawValue: role) ?? .workstation, mesh: mesh, version: version, gatewayPort: gatewayPort,
                uptimeSeconds: uptimeSeconds, isDraining: isDraining, workers: workers.compactMap(\.value), gpus: gpus.compactMap(\.value))
        }
    }

    private struct Lossy<Value: Decodable>: Decodable {
        let value: Value?
        init(from decoder: any Decoder) { value = try? Value(from: decoder) }
    }
}
