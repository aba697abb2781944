public import ArgumentParser
import AuroraAPI
public import AuroraModel
import Foundation

struct Token: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make, list and revoke tokens of the running node.",
        discussion: """
            As soon as one token exists, every call over the network needs one. The node stores hashes only.

            Example:
              aurora token create scripts --scope chat --scope mesh
            """,
        subcommands: [TokenCreate.self, TokenListing.self, TokenRevoke.self])
}

struct TokenCreate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Make a token and print it, once.",
        discussion: """
            Example:
              aurora token create phone --scope chat
            """)

    @Argument(help: "A name to recognise it by.")
    var name: String

    @Option(
        help: ArgumentHelp(
            "What it may do: \(Scope.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.", valueName: "scope"))
    var scope: [Scope] = [.chat, .mesh]

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let node = try NodeConnection(stateFolder: try state.folder())
        let made = try await node.post(TokenCreated.self, "/api/tokens", TokenRequest(name: name, scopes: scope))
        if output.json { return print(String(decoding: try Wire.encode(made), as: UTF8.self)) }
        print(made.token)
        Terminal.complain(
            "'\(made.name)' may: \(made.scopes.map(\.rawValue).joined(separator: ", ")). It is shown only now; every call over the network needs a token from here on."
        )
    }
}

struct TokenListing: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Show the names and scopes of all tokens.",
        discussion: """
            Example:
              aurora token list --json
            """)

    @OptionGroup var state: StateOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let list = try await NodeConnection(stateFolder: try state.folder()).get(TokenList.self, "/api/tokens")
        if output.json { return print(String(decoding: try Wire.encode(list), as: UTF8.self)) }
        guard !list.tokens.isEmpty else { return print("no tokens; the node answers everybody who reaches it (loopback only)") }
        var table = Table("NAME", "SCOPES", "FROM", "CREATED")
        for token in list.tokens {
            table.add(
                (token.name, nil), (token.scopes.map(\.rawValue).joined(separator: ", "), nil), (token.origin, nil),
                (token.createdAt ?? "-", nil))
        }
        print(table.text)
    }
}

struct TokenRevoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Make a token worthless, at once.",
        discussion: """
            Example:
              aurora token revoke phone
            """)

    @Argument(help: "The token's name.")
    var name: String

    @OptionGroup var state: StateOptions

    func run() async throws {
        let path = name.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? name
        try await NodeConnection(stateFolder: try state.folder()).delete("/api/tokens/\(path)")
        print("revoked '\(name)'")
    }
}

extension Scope: ExpressibleByArgument {}
