import AuroraModel
import Yams

extension ValueType where Value == Secret {
    /// A secret: shown as `***` everywhere, also in findings, and best kept in `.env`.
    static func secret(_ expected: String) -> Self {
        let read: @Sendable (Node, inout Reader) -> Secret? = { node, reader in
            guard let scalar = reader.scalar(node, expected: expected) else { return nil }
            if !scalar.hasVariables { reader.warnOfLiteralSecret() }
            return Secret(scalar.text)
        }
        return Self(label: "secret", expected: expected, read: read, show: { _ in .text("***") })
    }

    /// A URL that may carry a password.
    static var secretURL: Self {
        let expected = "a URL with scheme and host, such as http://127.0.0.1:8000 or postgresql://user@db.example.com:5432/app"
        let read: @Sendable (Node, inout Reader) -> Secret? = { node, reader in
            guard let scalar = reader.scalar(node, expected: expected) else { return nil }
            if let password = ServiceURL(scalar.written)?.password, !password.isEmpty, !password.contains("$") {
                reader.warnOfLiteralSecret()
            }
            guard ServiceURL(scalar.text) != nil else {
                reader.refuse(RedactedURL.text(scalar.text), expected: expected)
                return nil
            }
            return Secret(scalar.text)
        }
        return Self(label: "URL", expected: expected, read: read, show: { .text(RedactedURL.text($0.reveal())) })
    }
}

extension ValueType where Value == String {
    /// Where an engine answers. A trailing `/v1`, as OpenAI programs write it, and a trailing slash are taken off.
    static var engineURL: Self { url(expected: EngineURL.expected, EngineURL.normalised) }

    /// Where a node's API answers.
    static var nodeURL: Self {
        url(expected: "scheme, host and port of the node API, such as https://pod.example.com:8004") { text in
            ["", "/"].contains(ServiceURL(text)?.rest) ? EngineURL.normalised(text) : nil
        }
    }

    private static func url(expected: String, _ normalised: @escaping @Sendable (String) -> String?) -> Self {
        Self(
            label: "URL", expected: expected,
            read: { node, reader in
                guard let scalar = reader.scalar(node, expected: expected) else { return nil }
                guard let url = normalised(scalar.text) else {
                    reader.refuse(RedactedURL.text(scalar.text), expected: expected)
                    return nil
                }
                return url
            }, show: { .text($0) })
    }
}

enum EngineURL {
    static let expected = "scheme, host and port of the engine, such as http://127.0.0.1:11434, without path and password"

    /// Scheme, host and port; nil if the text holds more than that, or less.
    static func normalised(_ text: String) -> String? {
        guard let url = ServiceURL(text), ["http", "https"].contains(url.scheme), url.user == nil, url.hosts.count == 1 else { return nil }
        guard let host = url.hosts.first, !host.name.isEmpty, ["", "/", "/v1", "/v1/"].contains(url.rest) else { return nil }
        return "\(url.scheme)://\(host.name)\(host.port.map { ":\($0)" } ?? "")"
    }
}

extension Reader {
    fileprivate mutating func warnOfLiteralSecret() {
        let name = path.uppercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: "_")
        warn(
            "\(path) is a secret written in the manifest",
            fix: "put the secret into '.env' as \(name)=… and write \"${\(name)}\" here")
    }
}
