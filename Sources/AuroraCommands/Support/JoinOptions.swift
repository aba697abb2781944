import ArgumentParser
import AuroraConfig
import AuroraMesh
import AuroraModel
import Foundation

/// Which coordinators a node joins, and with which token.
struct JoinOptions: ParsableArguments {
    private static let tokenFileLimit = 4096

    @Option(
        help: ArgumentHelp(
            "Join the node whose node API is here, by dialling out; may be given again. Else AURORA_JOIN, separated by commas.",
            valueName: "url"))
    var join: [String] = []

    @Option(
        help: ArgumentHelp(
            "Token to join with. Others on this machine can see it; better AURORA_JOIN_TOKEN or --token-file.", valueName: "token"))
    var token: String?

    @Option(help: ArgumentHelp("File that holds the token to join with; else the manifest's node_token.", valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Join over plain HTTP also where others could read the token.")
    var insecure = false

    /// Throws `invalid` or `refused` with what is wrong with the first of them.
    func targets(_ manifest: Manifest, environment: [String: String] = ProcessInfo.processInfo.environment) throws -> [JoinTarget] {
        let listed = environment["AURORA_JOIN"]?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        let urls = join.isEmpty ? listed.filter { !$0.isEmpty } : join
        guard Set(urls).count == urls.count else {
            throw AuroraError(.invalid, "--join names the same node twice", hint: "name each once")
        }
        guard !urls.isEmpty else {
            guard token == nil, tokenFile == nil else {
                throw AuroraError(.invalid, "there is a token to join with, and no node to join", hint: "add --join URL, or leave it out")
            }
            return []
        }
        let secret = try secret(environment) ?? manifest.nodeToken
        return try urls.map { try JoinTarget(url: $0, token: secret, isInsecureAllowed: insecure) }
    }

    private func secret(_ environment: [String: String]) throws -> Secret? {
        if let token, tokenFile == nil { return Secret(token) }
        guard let tokenFile else { return environment["AURORA_JOIN_TOKEN"].flatMap { $0.isEmpty ? nil : Secret($0) } }
        guard token == nil else { throw AuroraError(.invalid, "--token and --token-file are both given", hint: "give one of them") }
        guard let file = FileHandle(forReadingAtPath: tokenFile), let data = try? file.read(upToCount: Self.tokenFileLimit) else {
            throw AuroraError(.invalid, "the token file '\(tokenFile)' cannot be read", hint: "check the path, and whose it is")
        }
        return Secret(String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
    }
}
