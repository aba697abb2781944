/// The options at the top of a manifest. A section of its own stands in its own file beside this one.
enum ManifestSchema {
    static let root = Schema<Manifest>(
        fields: [
            Field("mesh", \.mesh, .name, "Name of the whole mesh."),
            Field("nodes", \.nodes, .named(NodeDraft.self), "The machines of the mesh, by name; the same list on every node."),
            Field("keep", \.keep, .named(KeptDraft.self), "What runs already, by name; never stopped, moved or edited."),
            Field("services", \.services, ServicesSection.type, "What Aurora runs, by name, in compose syntax."),
            Field("runtime", \.runtime, .choice(), "What runs the services: processes of the node, containers, or units."),
            Field("engines", \.engines, .named(EngineDraft.self), "Servers that run models, by name."),
            Field("discovery", \.discovery, .section(DiscoverySection.schema, defaults: .init()), "Where engines are looked for besides."),
            Field("models", \.models, .named(ModelDraft.self, models: true), "What is said about single models, by name."),
            Field("aliases", \.aliases, AliasesSection.type, "Second names: requests and lists take `NAME` for the model behind it."),
            Field("personalities", \.personalities, .folder, "Folder with one file for each personality; none: the built-in examples."),
            Field(
                "listen", \.listen, .list(.listenAddress),
                "Addresses the node listens on; `vpn` is its own VPN address; 0.0.0.0 and :: only with tokens."),
            Field("origins", \.origins, .list(.origin), "Web pages that may call besides those of this machine."),
            Field("ports", \.ports, .section(PortsSection.schema, defaults: .init()), "TCP ports; 0 takes any free one."),
            Field("tokens", \.tokens, .list(of: TokenDraft.self), "Tokens that callers must present; none: no token is asked for."),
            Field(
                "node_token", \.nodeToken, TokenDraft.valueType, "What nodes show one another, the same on all; belongs into `.env`."),
            Field("limits", \.limits, .section(LimitsSection.schema, defaults: .init()), "Bounds on what callers and engines may take."),
            Field("commands", \.commands, .named(CommandDraft.self), "What tasks may run on this machine, by name; never a shell's text."),
            Field("tasks", \.tasks, .section(TasksSection.schema, defaults: .init()), "How durable tasks are run and kept."),
        ],
        absent: [
            "jobs": "it runs no jobs",
            "sites": "it serves no sites",
            "cutovers": "it moves no traffic",
            "replicas": "it makes no database replicas",
        ],
        allowsExtensions: true)
}
