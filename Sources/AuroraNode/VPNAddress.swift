public import AuroraConfig
import Logging
import NIOCore

/// Whether this machine has the VPN address that the node is to listen on.
public enum VPNAddress {
    /// The address that is not there, of those in `listen`; nil when all is well.
    static func missing(_ manifest: Manifest) -> String? {
        guard let wanted = manifest.listenAddresses.first(where: \.isVPN)?.host else { return nil }
        let present = (try? System.enumerateDevices())?.compactMap { $0.address?.ipAddress } ?? []
        return present.contains(wanted) ? nil : wanted
    }

    /// One sentence for the operator.
    public static func warning(_ manifest: Manifest) -> String? {
        missing(manifest).map { "this machine does not have the VPN address '\($0)'; other nodes cannot reach it before the VPN is up" }
    }

    static func warn(_ manifest: Manifest, _ logger: Logger) {
        if let warning = warning(manifest) { logger.warning("\(warning)") }
    }
}
