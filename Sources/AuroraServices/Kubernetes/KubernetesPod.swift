import AuroraModel
import Foundation

/// The pod of one service.
struct KubernetesPod {
    let workload: KubernetesWorkload
    let secretName: String
    /// Variables that stand in the secret.
    let secretNames: [String]

    private var spec: ServiceSpec { workload.spec }

    func tree(restart: String) -> YAMLTree {
        .filled([
            ("restartPolicy", .text(restart)), ("terminationGracePeriodSeconds", .int(Int(spec.stopGraceSeconds.rounded(.up)))),
            ("automountServiceAccountToken", .bool(false)), ("enableServiceLinks", .bool(false)), ("securityContext", podSecurity),
            ("hostAliases", .list(aliases)), ("containers", .list([container])), ("volumes", .list(volumes)),
        ])
    }

    /// A name as Kubernetes takes it, from one with `_`, `.` or capitals.
    static func objectName(_ name: String) -> String {
        let plain = name.lowercased().map { $0 == "_" || $0 == "." ? "-" : String($0) }.joined()
        return plain.hasSuffix("-") ? "\(plain)0" : plain
    }

    private var container: YAMLTree {
        let ports = workload.uniquePorts.map { port in
            YAMLTree.map([("name", .text(port.name)), ("containerPort", .int(port.port)), ("protocol", .text(port.isUDP ? "UDP" : "TCP"))])
        }
        return .filled([
            ("name", .text(spec.name)), ("image", .text(spec.image ?? "")), ("command", commands.program.map { .list($0.map(text)) }),
            ("args", commands.arguments.map { .list($0.map(text)) }), ("workingDir", spec.workingDir.map(YAMLTree.text)),
            ("env", .list(environment)), ("ports", .list(ports)), ("resources", resources), ("readinessProbe", probe(isLiveness: false)),
            ("livenessProbe", probe(isLiveness: true)), ("securityContext", security), ("volumeMounts", .list(mounts)),
        ])
    }

    /// An entrypoint that is told to be empty leaves the command as the program, which takes away the image's entrypoint.
    private var commands: (program: [String]?, arguments: [String]?) {
        spec.entrypoint == [] ? (spec.command, nil) : (spec.entrypoint, spec.command)
    }

    /// A text in which `$(NAME)` stands for variables of the pod.
    private func text(_ text: String) -> YAMLTree {
        .text(
            workload.concealment.pieces(of: text).map { piece in
                switch piece {
                case .literal(let text): text.replacing("$(", with: "$$(")
                case .variable(let name): "$(\(name))"
                }
            }.joined())
    }

    private var environment: [YAMLTree] {
        let hidden = Set(secretNames)
        let references = secretNames.map { name in
            let key = YAMLTree.map([("name", .text(secretName)), ("key", .text(name))])
            return YAMLTree.map([("name", .text(name)), ("valueFrom", .map([("secretKeyRef", key)]))])
        }
        let plain = spec.environment.filter { !hidden.contains($0.name) }.map { variable in
            YAMLTree.map([("name", .text(variable.name)), ("value", .text(variable.value.reveal().replacing("$(", with: "$$(")))])
        }
        return references + plain
    }

    private var resources: YAMLTree {
        let limits: [(key: String, value: YAMLTree?)] = [
            ("cpu", spec.resources.cpus.map { .text(Self.cores($0)) }), ("memory", spec.resources.memoryBytes.map { .text("\($0)") }),
            ("\(spec.gpus?.driver ?? "nvidia").com/gpu", gpuCount.map { .text("\($0)") }),
        ]
        let requests: [(key: String, value: YAMLTree?)] = [
            ("cpu", spec.resources.reservedCPUs.map { .text(Self.cores($0)) }),
            ("memory", spec.resources.reservedMemoryBytes.map { .text("\($0)") }),
        ]
        return .filled([("limits", .filled(limits)), ("requests", .filled(requests))])
    }

    private static func cores(_ cores: Double) -> String { "\(max(1, Int((cores * 1000).rounded())))m" }

    private var gpuCount: Int? {
        switch spec.gpus?.count {
        case .some(.some(let count)): count
        case .devices(let ids)?: ids.count
        case .all?, nil: nil
        }
    }

    private var podSecurity: YAMLTree? {
        let catalogUser = spec.catalog.flatMap { CatalogEntry.entry($0).userID }
        guard let user = catalogUser, spec.user == nil else { return nil }
        return .map([("fsGroup", .int(user))])
    }

    private var security: YAMLTree {
        let ids = (spec.user?.split(separator: ":") ?? []).map { Int($0) }
        let isRoot = spec.user == nil
        return .filled([
            ("allowPrivilegeEscalation", spec.noNewPrivileges || !isRoot || spec.catalog != nil ? .bool(false) : nil),
            ("readOnlyRootFilesystem", spec.isReadOnly ? .bool(true) : nil), ("runAsUser", (ids.first ?? nil).map(YAMLTree.int)),
            ("runAsGroup", ids.count > 1 ? ids[1].map(YAMLTree.int) : nil),
            ("capabilities", spec.capabilitiesDropped.isEmpty ? nil : .map([("drop", .texts(spec.capabilitiesDropped))])),
            ("seccompProfile", .map([("type", .text("RuntimeDefault"))])),
        ])
    }

    /// Addresses once each, with all names that stand for them.
    private var aliases: [YAMLTree] {
        var names: [(address: String, names: [String])] = []
        for host in spec.extraHosts where !host.hasSuffix(":host-gateway") {
            let parts = host.split(separator: ":", maxSplits: 1).map(String.init)
            guard let name = parts.first, let address = parts.dropFirst().first else { continue }
            if let place = names.firstIndex(where: { $0.address == address }) {
                names[place].names.append(name)
            } else {
                names.append((address, [name]))
            }
        }
        return names.map { .map([("ip", .text($0.address)), ("hostnames", .texts($0.names))]) }
    }
}

extension KubernetesPod {
    /// Not healthy in compose means that nothing is sent to it; three times as long, and it is started again.
    private func probe(isLiveness: Bool) -> YAMLTree? {
        guard let check = spec.healthcheck, !workload.isJob else { return nil }
        let action: (key: String, value: YAMLTree)
        switch check.test {
        case .command(let words): action = ("exec", .map([("command", .list(words.map(YAMLTree.text)))]))
        case .shell(let line): action = ("exec", .map([("command", .texts(["/bin/sh", "-c", line]))]))
        case .tcp(let port): action = ("tcpSocket", .map([("port", .int(port))]))
        case .http(let url):
            guard let get = Self.httpGet(url) else { return nil }
            action = ("httpGet", get)
        }
        let retries = max(1, check.retries) * (isLiveness ? 3 : 1)
        let entries: [(key: String, value: YAMLTree)] = [
            action, ("initialDelaySeconds", .int(Self.seconds(check.startPeriod, least: 0))),
            ("periodSeconds", .int(Self.seconds(check.interval, least: 1))),
            ("timeoutSeconds", .int(Self.seconds(check.timeout, least: 1))),
            ("failureThreshold", .int(retries)),
        ]
        return .map(entries)
    }

    private static func seconds(_ seconds: Double, least: Int) -> Int { max(least, Int(seconds.rounded(.up))) }

    /// What asks the same; nil when the URL leads away from the pod.
    static func httpGet(_ url: String) -> YAMLTree? {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, let host = parts.host else { return nil }
        guard ["127.0.0.1", "localhost", "[::1]", "::1", "0.0.0.0"].contains(host) else { return nil }
        let path = (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath) + (parts.percentEncodedQuery.map { "?\($0)" } ?? "")
        let port = parts.port ?? (scheme == "https" ? 443 : 80)
        return .map([("path", .text(path)), ("port", .int(port)), ("scheme", .text(scheme.uppercased()))])
    }

    private func volumeName(_ index: Int) -> String { "volume-\(index)" }

    private var settingsFolder: String? {
        spec.volumes.first { $0.source == .bind("\(workload.context.folder)/config/\(spec.name)") }?.target
    }

    private var mounts: [YAMLTree] {
        spec.volumes.enumerated().map { index, volume in
            .filled([
                ("name", .text(volumeName(index))), ("mountPath", .text(volume.target)),
                ("readOnly", volume.isReadOnly ? .bool(true) : nil),
            ])
        }
    }

    private var volumes: [YAMLTree] {
        spec.volumes.enumerated().map { index, volume in
            let source: (key: String, value: YAMLTree) =
                switch volume.source {
                case .bind where volume.target == settingsFolder && !workload.settings.isEmpty:
                    ("configMap", .map([("name", .text("\(spec.name)-config"))]))
                case .bind(let path): ("hostPath", .map([("path", .text(path))]))
                case .named(let name): ("persistentVolumeClaim", .map([("claimName", .text(Self.objectName(name)))]))
                case .anonymous: ("emptyDir", .map([]))
                case .memory: ("emptyDir", .map([("medium", .text("Memory"))]))
                }
            return .map([("name", .text(volumeName(index))), source])
        }
    }
}
