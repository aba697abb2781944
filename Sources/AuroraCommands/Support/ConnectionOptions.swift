import ArgumentParser
import AuroraModel
import Foundation

/// Which node is asked: that of this machine, or one over the network.
struct ConnectionOptions: ParsableArguments {
    @OptionGroup var state: StateOptions

    @Option(
        help: ArgumentHelp(
            "Ask the node API at this address, such as http://10.0.0.1:8004; else the node of this machine, over its socket.",
            valueName: "url"))
    var url: String?

    @Option(
        help: ArgumentHelp("Token for --url. Others on this machine can see it here; better AURORA_TOKEN.", valueName: "token"))
    var token: String?

    func open(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> NodeConnection {
        guard let url else {
            guard token == nil else {
                throw AuroraError(.invalid, "--token is given without --url", hint: "over the socket no token is needed; leave it out")
            }
            return try NodeConnection(stateFolder: try state.folder())
        }
        let secret = token ?? environment["AURORA_TOKEN"].flatMap { $0.isEmpty ? nil : $0 }
        return try NodeConnection(url: url, token: secret.map { Secret($0) })
    }
}
