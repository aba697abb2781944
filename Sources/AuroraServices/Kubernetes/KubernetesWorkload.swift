import AuroraModel

/// The objects of one service.
struct KubernetesWorkload {
    let spec: ServiceSpec
    let settings: [PlannedFile]
    let isJob: Bool
    let namespace: String
    let context: RenderContext
    let secrets: SecretFile
    let notes: [String]
    let concealment: Concealment

    init(spec: ServiceSpec, settings: [PlannedFile], isJob: Bool, namespace: String, context: RenderContext) throws(AuroraError) {
        (self.spec, self.settings, self.isJob, self.namespace, self.context) = (spec, settings, isJob, namespace, context)
        concealment = Concealment(spec.secrets)
        notes = Self.notes(on: spec)
        let own = Set(spec.environment.map(\.name))
        let hidden = spec.fileEnvironment.filter { !own.contains($0.name) } + spec.environment.filter(\.isSecret)
        let known = Set(hidden.map(\.name))
        let words = (spec.entrypoint ?? []) + (spec.command ?? [])
        let inCommands = spec.secrets.filter { secret in
            words.contains { Concealment([secret]).touches($0) } && !own.contains(secret.name) && !known.contains(secret.name)
        }
        secrets = SecretFile(hidden + inCommands, path: "secrets/\(spec.name).env")
        secretNames = (hidden + inCommands).map(\.name)
        try Self.check(spec)
        try checkHealth()
    }

    /// Checks run without the variables of the pod put in, so that a secret would have to stand there as it is.
    private func checkHealth() throws(AuroraError) {
        let words: [String] =
            switch spec.healthcheck?.test {
            case .command(let words): words
            case .shell(let line): [line]
            case .http(let url): [url]
            case .tcp, nil: []
            }
        guard words.contains(where: concealment.touches) else { return }
        throw AuroraError(
            .manifest, "the health check of service '\(spec.name)' holds the value of a variable, which Kubernetes would show",
            hint: "give the service the variable under 'environment', and write $$NAME in a test for the shell")
    }

    private let secretNames: [String]

    func objects() throws(AuroraError) -> [YAMLTree] {
        let map = settings.isEmpty ? [] : [configMap]
        let service = spec.ports.isEmpty ? [] : [service]
        return map + service + [isJob ? try job() : try deployment()]
    }

    /// How the secret that the objects name comes to be.
    var secretsComment: String {
        guard !secrets.isEmpty else { return "" }
        return "# Its secrets: kubectl -n \(namespace) create secret generic \(secretName) --from-env-file=\(secrets.path)\n"
    }

    private var secretName: String { "\(spec.name)-secrets" }

    private static func check(_ spec: ServiceSpec) throws(AuroraError) {
        guard !spec.name.contains("_"), !spec.name.hasSuffix("-") else {
            throw AuroraError(
                .manifest, "service '\(spec.name)' has a name that Kubernetes does not take",
                hint: "use a-z, 0-9 and '-' only, with a letter or digit at the end")
        }
        guard spec.image != nil else {
            let reason = spec.build == nil ? "is a command of the machine" : "is built as an image that has no name"
            throw AuroraError(
                .manifest, "service '\(spec.name)' \(reason), and Kubernetes runs images",
                hint: "give it an 'image': the name under which its image is pushed to a registry")
        }
        if case .all? = spec.gpus?.count {
            throw AuroraError(
                .manifest, "service '\(spec.name)' reserves all GPUs, and Kubernetes hands them out by number", hint: "write gpus: 1")
        }
        if let port = spec.healthcheck.flatMap({ $0.isOutside }) {
            throw AuroraError(
                .manifest, "service '\(spec.name)' is checked at '\(port)', which is not its own", hint: "use http://127.0.0.1:PORT/path")
        }
    }

    private static func notes(on spec: ServiceSpec) -> [String] {
        var notes: [String] = []
        if let user = spec.user, user.split(separator: ":").contains(where: { Int($0) == nil }) {
            notes.append("\(spec.name): the user '\(user)' has no number, so the image's own user is taken")
        }
        if spec.catalog == nil, spec.volumes.contains(where: { if case .bind = $0.source { true } else { false } }) {
            notes.append("\(spec.name): its folders of the machine must exist on the node of Kubernetes that it is put on")
        }
        if !spec.dependsOn.isEmpty {
            notes.append("\(spec.name): Kubernetes starts services in no order; it is restarted until it finds others")
        }
        if spec.stopSignal != "SIGTERM" { notes.append("\(spec.name): Kubernetes ends it by the signal that its image names") }
        if spec.extraHosts.contains(where: { $0.hasSuffix(":host-gateway") }) {
            notes.append("\(spec.name): host-gateway means nothing to Kubernetes and is left out")
        }
        return notes
    }
}

extension KubernetesWorkload {
    private var selector: YAMLTree {
        .map([("app.kubernetes.io/name", .text(spec.name)), ("app.kubernetes.io/instance", .text(context.mesh))])
    }

    private func head(_ version: String, _ kind: String, name: String? = nil) -> [(key: String, value: YAMLTree?)] {
        let labels = YAMLTree.map([
            ("app.kubernetes.io/name", .text(spec.name)), ("app.kubernetes.io/instance", .text(context.mesh)),
            ("app.kubernetes.io/managed-by", .text("aurora")), ("app.kubernetes.io/part-of", .text(context.mesh)),
        ])
        let open = spec.labels.sorted { $0.key < $1.key }.filter { isAnnotation($0.key) && !concealment.touches($0.value) }
        let notes = YAMLTree.map(open.map { ($0.key, .text($0.value)) })
        let meta: [(key: String, value: YAMLTree?)] = [
            ("name", .text(name ?? spec.name)), ("namespace", .text(namespace)), ("labels", labels), ("annotations", notes),
        ]
        return [("apiVersion", .text(version)), ("kind", .text(kind)), ("metadata", .filled(meta))]
    }

    /// Labels of compose files may hold what labels of Kubernetes may not, so they become annotations where they can.
    private func isAnnotation(_ key: String) -> Bool {
        let name = key.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let isWord = name.utf8.count <= 63 && name.first?.isLetter == true && name.last.map { $0.isLetter || $0.isNumber } == true
        return isWord && key.filter { $0 == "/" }.count <= 1 && !key.hasPrefix("/")
            && key.utf8.allSatisfy { byte in
                byte < 0x80
                    && (Character(UnicodeScalar(byte)).isLetter || Character(UnicodeScalar(byte)).isNumber || "-._/".utf8.contains(byte))
            }
    }

    private var configMap: YAMLTree {
        let data = settings.map { file in
            (key: file.path.split(separator: "/").last.map(String.init) ?? file.path, value: YAMLTree.block(file.contents))
        }
        return .filled(head("v1", "ConfigMap", name: "\(spec.name)-config") + [("data", .map(data))])
    }

    private var service: YAMLTree {
        let ports = uniquePorts.map { port in
            YAMLTree.map([
                ("name", .text(port.name)), ("port", .int(port.port)), ("targetPort", .int(port.port)),
                ("protocol", .text(port.isUDP ? "UDP" : "TCP")),
            ])
        }
        return .filled(head("v1", "Service") + [("spec", .map([("selector", selector), ("ports", .list(ports))]))])
    }

    var uniquePorts: [PortMapping] {
        var seen = Set<String>()
        return spec.ports.filter { seen.insert($0.name).inserted }
    }

    private func deployment() throws(AuroraError) -> YAMLTree {
        let body: [(key: String, value: YAMLTree)] = [
            ("replicas", .int(1)), ("selector", .map([("matchLabels", selector)])), ("strategy", .map([("type", .text("Recreate"))])),
            ("template", try template(restart: "Always")),
        ]
        return .filled(head("apps/v1", "Deployment") + [("spec", .map(body))])
    }

    private func job() throws(AuroraError) -> YAMLTree {
        var limit = 6
        if case .onFailure(let told?) = spec.restart { limit = told }
        let body: [(key: String, value: YAMLTree)] = [
            ("backoffLimit", .int(spec.restart == .no ? 0 : limit)),
            ("template", try template(restart: spec.restart == .no ? "Never" : "OnFailure")),
        ]
        return .filled(head("batch/v1", "Job") + [("spec", .map(body))])
    }

    private func template(restart: String) throws(AuroraError) -> YAMLTree {
        let pod = KubernetesPod(workload: self, secretName: secretName, secretNames: secretNames)
        return .map([("metadata", .map([("labels", selector)])), ("spec", pod.tree(restart: restart))])
    }

    /// Claims for the kept volumes, whose objects come once although several services may use them.
    var claims: [(name: String, object: YAMLTree)] {
        spec.volumes.compactMap(\.name).map { name in
            let body: [(key: String, value: YAMLTree)] = [
                ("accessModes", .texts(["ReadWriteOnce"])), ("resources", .map([("requests", .map([("storage", .text("10Gi"))]))])),
            ]
            let claim = KubernetesPod.objectName(name)
            return (claim, .filled(head("v1", "PersistentVolumeClaim", name: claim) + [("spec", .map(body))]))
        }
    }
}

extension PortMapping {
    /// A name that Kubernetes takes: at most 15 characters.
    var name: String { "\(isUDP ? "udp" : "tcp")-\(port)" }
}

extension HealthCheck {
    /// The host that an HTTP check asks when it is not the service itself.
    fileprivate var isOutside: String? {
        guard case .http(let url) = test else { return nil }
        return KubernetesPod.httpGet(url) == nil ? url : nil
    }
}
