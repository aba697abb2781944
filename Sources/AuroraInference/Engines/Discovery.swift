public import AuroraModel

/// Where engines usually are on a machine, without anybody having said so.
public enum Discovery {
    /// vLLM, llama.cpp, LM Studio, SGLang.
    static let openaiPorts = [8000, 8080, 1234, 30000]

    /// Places to look, those of the manifest and Aurora's own ports left out.
    /// - Parameters:
    ///   - environment: for `OLLAMA_HOST`, which may be `host`, `host:port` or a URL, as Ollama itself reads it.
    ///   - known: URLs that the manifest names already, whatever for.
    public static func places(environment: [String: String], ownPorts: Set<Int>, known: Set<String>) -> [EngineSpec] {
        let ollama = EngineSpec(name: "ollama", kind: .ollama, url: ollamaURL(environment["OLLAMA_HOST"]), source: .discovered)
        let others = openaiPorts.filter { !ownPorts.contains($0) }.map { port in
            EngineSpec(name: "openai-\(port)", kind: .openai, url: "http://127.0.0.1:\(port)", source: .discovered)
        }
        return ([ollama] + others).filter { !known.contains(canonical($0.url)) }
    }

    /// The same loopback server under one spelling.
    public static func canonical(_ url: String) -> String {
        let trimmed = url.hasSuffix("/") ? String(url.dropLast()) : url
        return trimmed.replacing("//localhost", with: "//127.0.0.1", maxReplacements: 1)
    }

    static func ollamaURL(_ host: String?) -> String {
        guard let host = host.map({ String($0.trimming(" \"'")) }), !host.isEmpty else { return "http://127.0.0.1:11434" }
        let scheme = host.hasPrefix("https://") ? "https" : "http"
        var rest = host.split(separator: "://", maxSplits: 1).last.map(String.init) ?? host
        if let slash = rest.firstIndex(of: "/") { rest = String(rest[..<slash]) }
        let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
        let name = parts.first.map(String.init) ?? ""
        let port = parts.count == 2 ? Int(parts[1]) : nil
        // A server told to listen everywhere is reached on loopback.
        let address = ["", "0.0.0.0"].contains(name) ? "127.0.0.1" : name
        return "\(scheme)://\(address):\(port ?? (host.contains("://") ? (scheme == "https" ? 443 : 80) : 11434))"
    }
}

extension String {
    fileprivate func trimming(_ unwanted: String) -> Substring {
        let front = drop { unwanted.contains($0) }
        let kept = front.reversed().drop { unwanted.contains($0) }.count
        return front.prefix(kept)
    }
}
