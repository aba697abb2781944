import AuroraHTTP
import AuroraModel
import AuroraSystem
import Foundation

/// The unix sockets through which this machine reaches joined nodes: one for each server of each node, in a folder of their own.
struct TunnelSockets: Sendable {
    /// What every system allows for the path of a unix socket, in bytes.
    private static let pathLimit = 103

    let folder: String

    /// Makes the folder, for the owner only, and clears what a killed process left in it.
    init(folder: String) throws(AuroraError) {
        self.folder = folder
        do {
            let files = FileManager.default
            try files.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            for name in try files.contentsOfDirectory(atPath: folder) where name.hasSuffix(".sock") {
                try files.removeItem(atPath: "\(folder)/\(name)")
            }
        } catch {
            throw AuroraError(
                .failed, "the folder '\(folder)' cannot be made: \(error.localizedDescription)", hint: "check the state folder's owner")
        }
    }

    func bind(_ node: String, _ port: TunnelPort) throws(AuroraError) -> BoundSocket { try .unix(path: path(node, port)) }

    func remove(_ node: String) {
        for port in TunnelPort.allCases { try? FileManager.default.removeItem(atPath: path(node, port)) }
    }

    func url(_ node: String, _ port: TunnelPort) -> String {
        let path = path(node, port)
        return "http+unix://\(path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? path)"
    }

    /// With a short mark of the name where the name itself would be too long for a socket.
    private func path(_ node: String, _ port: TunnelPort) -> String {
        let plain = "\(folder)/\(node)-\(port.rawValue).sock"
        return plain.utf8.count <= Self.pathLimit ? plain : "\(folder)/\(TokenHash.hash(node).prefix(12))-\(port.rawValue.prefix(1)).sock"
    }
}
