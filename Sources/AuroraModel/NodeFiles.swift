/// Names of what lies in a node's state folder, for the node and for the CLI that looks for it.
public enum NodeFiles {
    public static func socket(in folder: String) -> String { folder + "/aurora.sock" }

    public static func localEngine(in folder: String) -> String { folder + "/local-engine" }

    /// Logs of services, and what is known of their processes.
    public static func serviceFolder(in folder: String) -> String { folder + "/services" }

    /// Unix sockets of nodes that have joined this one.
    public static func tunnels(in folder: String) -> String { folder + "/tunnels" }
}
