/// What `aurora init` writes. Lines that start with `#` and no blank are examples: take the `#` away to use them.
public enum ManifestTemplate {
    /// A manifest that says what runs without one, with an example of everything else.
    public static let text = whole(keep: keepExample, ports: PortsText.standard)

    /// The same with other lines for `keep:` and `ports:`, each without the last line break.
    static func whole(keep: String, ports: String) -> String {
        """
        # The manifest of an Aurora mesh: one file, the same on every node.
        # Check it with: aurora config check     See what runs: aurora config show
        # Values and secrets stand in the file .env beside it: ${NAME}, or ${NAME:-default}.

        mesh: aurora

        # The machines. Roles: lead, gpu, workstation, laptop (may sleep). A node without an address only dials out.
        # This machine is the node named like its host, or like the variable AURORA_NODE.
        #nodes:
        #  server: { role: lead, address: server.example.com, vpn: 10.0.0.1 }
        #  pod: { role: gpu, vpn: 10.0.0.20 }
        #  desk: { role: workstation, vpn: 10.0.0.10 }

        # What runs already and is never touched. Kinds: postgres, redis, nginx, http, ollama, openai, prometheus, grafana, container,
        # process, cron, other. 'aurora adopt' finds them; unit, container, ports and config say how each is run and what belongs to it.
        \(keep)

        # What Aurora runs here, in compose syntax. Known by name alone: redis, nginx, prometheus, node-exporter, grafana.
        # They run as processes of the node, or with runtime: compose or systemd.
        #services:
        #  redis: {}
        #  mail-sync: { command: python3 sync.py, working_dir: ./mail-sync, environment: [ MAIL_TOKEN ], restart: unless-stopped }
        #runtime: process

        # Servers that run models. Kinds: ollama, openai (llama.cpp, vLLM, LM Studio, SGLang and others).
        #engines:
        #  pod: { kind: openai, url: "http://10.0.0.20:8000", api_key: "${POD_KEY}", parallel: 4 }

        # Engines on the usual ports of this machine are found by themselves; with none anywhere a small one is installed.
        discovery: { loopback: true, local_engine: auto }

        # Which nodes or engines a model belongs on, how its engine is chosen (predicted, least-loaded, round-robin, prefix,
        # pinned), and which models answer when no engine can. Second names of models stand under aliases.
        #models:
        #  "qwen3:8b": { on: [ pod, desk ], policy: predicted, fallback: [ "qwen3:1.7b" ] }
        #aliases: { fast: "qwen3:8b" }

        # One file for each personality of the chat.
        #personalities: ./personalities

        # Other machines reach the node only at addresses named here: vpn is its own VPN address, and 0.0.0.0 needs tokens.
        listen: [ 127.0.0.1 ]
        # Web pages that may call this node from a browser, besides those of this machine.
        #origins: [ "https://chat.example.com" ]
        \(ports)

        # With tokens every caller needs one. Scopes: admin, chat, mesh, events, read.
        #tokens:
        #  - { name: scripts, scopes: [ chat, mesh ], value: "${AURORA_TOKEN}" }

        # What the nodes of the mesh show one another, the same on all of them.
        #node_token: "${AURORA_NODE_TOKEN}"

        # Sizes: KB, MB, GB. Durations: ms, s, m, h.
        #limits:
        #  body: 100MB
        #  header: 32KB
        #  concurrency: 2048
        #  drain: 30s
        #  conversation_messages: 10000
        #  first_byte: 300s
        #  silence: 120s

        # What tasks of type 'commands' may run: a program and its arguments, never a shell. {name} is an argument of the task.
        #commands:
        #  disk-usage: { run: [ du, -h, "--max-depth={depth}", /srv ], timeout: 30s }

        # Durable tasks (POST /tasks/submit): how many run at once, how often one may fail, how long results stay.
        #tasks: { concurrency: 16, attempts: 5, keep: 7d, limit: 100000 }

        """
    }

    private static let keepExample = """
        #keep:
        #  database: { kind: postgres, url: "postgresql://app:${DB_PASSWORD}@127.0.0.1:5432/app" }
        #  backend: { kind: http, url: "http://127.0.0.1:8000", health: /health, unit: backend.service }
        #  ollama: { kind: ollama, url: "http://127.0.0.1:11434" }
        """

    /// The `.env.example` beside it: every variable that the examples of `text` use.
    public static let envExample = """
        # Copy to .env (chmod 600 .env) and fill in. Keep .env out of version control.
        # NAME=value; values with blanks or '#' in quotes; single quotes keep '$' as it is.
        #DB_PASSWORD=
        #POD_KEY=
        #MAIL_TOKEN=
        # A new token: openssl rand -hex 24
        #AURORA_TOKEN=
        #AURORA_NODE_TOKEN=

        """
}
