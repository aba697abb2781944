/// Manifests that more than one suite uses.
enum Samples {
    /// Every section and option.
    static let whole = """
        mesh: home
        nodes:
          aurora: { role: lead, address: aurora.example.com, vpn: 10.0.0.1 }
          pod: { role: gpu, vpn: 10.0.0.20, url: "https://pod.example.com:8004/" }
        keep:
          database: { kind: postgres, url: "postgresql://app:${DB_PASSWORD}@db.example.com:5432/app" }
          backend: { kind: http, url: "http://127.0.0.1:8000", health: /health }
          ollama: { kind: ollama, url: "http://127.0.0.1:11434/" }
        engines:
          pod: { kind: openai, url: "http://10.0.0.20:8000/v1", api_key: "${POD_KEY}", parallel: 4 }
        discovery: { loopback: false, local_engine: off }
        models:
          "qwen3:8b": { on: [ pod, aurora ], policy: least-loaded, fallback: [ "qwen3:1.7b" ] }
          hf.co/org/Big-GGUF:Q4_K_M: { on: [ ollama ], policy: pinned }
        aliases: { fast: "qwen3:8b" }
        listen: [ 127.0.0.1, 10.0.0.1 ]
        origins: [ "https://chat.example.com", "http://10.0.0.5:*" ]
        ports: { gateway: 9001, chat: 0, console: "${CONSOLE_PORT:-8004}" }
        tokens:
          - { name: scripts, scopes: [ chat, mesh ], value: "${AURORA_TOKEN}" }
        node_token: "${AURORA_NODE_TOKEN}"
        limits:
          body: 8GB
          header: 64k
          concurrency: 64
          drain: 5s
          conversation_messages: 500
          first_byte: 1h
          silence: 250ms
        commands:
          reindex: { run: [ python3, reindex.py, "--folder={folder}", "{what}" ], timeout: 90s, on: [ pod ], env: { MODE: "{mode}" } }
          plain: { run: "df -h '/srv/my data'" }
        tasks: { concurrency: 2, attempts: 3, keep: 36h, limit: 500 }

        """

    static let wholeEnv = """
        DB_PASSWORD=s3cret-of-db
        POD_KEY=pod-key-0123456789
        AURORA_TOKEN=token-0123456789abcdef
        AURORA_NODE_TOKEN=node-token-0123456789

        """

    static let secrets = ["s3cret-of-db", "pod-key-0123456789", "token-0123456789abcdef", "node-token-0123456789"]

    static let design = """
        mesh: aurora
        nodes:
          aurora:      { role: lead, address: aurora.example.com, vpn: 10.0.0.1 }
          runpod-tx:   { role: gpu, vpn: 10.0.0.20 }              # no address: it dials out
          vengeance:   { role: workstation, vpn: 10.0.0.10 }
          robbiebook1: { role: laptop, vpn: 10.0.0.30 }

        keep:                                                     # found by `aurora adopt`; never touched
          database: { kind: postgres, url: "postgresql://${DB_USER}@${DB_PRIMARY_HOST}:${DB_PRIMARY_PORT}/aurora" }
          backend:  { kind: http, url: "http://127.0.0.1:8000", health: /health }
          ollama:   { kind: ollama, url: "http://127.0.0.1:11434" }

        personalities: ./personalities                            # one Markdown/YAML file each, hot-reloaded, synced to every node
        """
}
