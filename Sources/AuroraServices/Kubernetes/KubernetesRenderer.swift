public import AuroraModel

/// Renders services as Kubernetes objects: a Deployment, or a Job for what runs to its end, with Service, ConfigMap and
/// PersistentVolumeClaims as needed. Secrets are named by reference; their values lie in `secrets/NAME.env`, mode 0600.
public enum KubernetesRenderer {
    public static func render(_ services: [ServiceSpec], _ context: RenderContext) throws(AuroraError) -> Rendering {
        let neighbours = Catalog.Neighbours(services: services)
        let space = namespace(context)
        var rendering = Rendering()
        let object = YAMLTree.map([
            ("apiVersion", .text("v1")), ("kind", .text("Namespace")),
            ("metadata", .map([("name", .text(space)), ("labels", .map([("app.kubernetes.io/managed-by", .text("aurora"))]))])),
        ])
        rendering.files.append(PlannedFile(path: "00-namespace.yaml", contents: context.head("Namespace") + "---\n" + (try object.yaml())))
        var claimed = Set<String>()
        for service in services {
            let (full, files) = Catalog.container(service, neighbours, metrics: nil, context: context)
            let isJob = services.contains { $0.dependsOn.contains { $0.service == service.name && $0.condition == .completed } }
            let workload = try KubernetesWorkload(spec: full, settings: files, isJob: isJob, namespace: space, context: context)
            rendering.notes += workload.notes
            var objects = try workload.objects()
            for claim in workload.claims where claimed.insert(claim.name).inserted { objects.insert(claim.object, at: 0) }
            var text = context.head("\(service.name)") + workload.secretsComment
            for object in objects { text += "---\n" + (try object.yaml()) }
            rendering.files.append(PlannedFile(path: "\(service.name).yaml", contents: text))
            if let secrets = try workload.secrets.kubernetes() { rendering.files.append(secrets) }
        }
        return rendering
    }

    /// The mesh's name as Kubernetes takes it.
    static func namespace(_ context: RenderContext) -> String {
        let name = context.mesh.replacing("_", with: "-")
        return name.hasSuffix("-") ? "\(name)mesh" : name
    }
}
