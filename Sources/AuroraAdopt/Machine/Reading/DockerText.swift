import AuroraModel
import Foundation

/// Reads `docker inspect` of containers. Of their environments nothing is kept.
enum DockerText {
    static func containers(json: String) -> [ContainerFacts] {
        guard let containers = (try? JSONSerialization.jsonObject(with: Data(json.utf8))) as? [Any] else { return [] }
        return containers.compactMap { ($0 as? [String: Any]).flatMap(container) }
    }

    private static func container(_ facts: [String: Any]) -> ContainerFacts? {
        guard let id = facts["Id"] as? String, isID(id), let name = facts["Name"] as? String else { return nil }
        let config = facts["Config"] as? [String: Any] ?? [:]
        let state = facts["State"] as? [String: Any] ?? [:]
        let labels = config["Labels"] as? [String: Any] ?? [:]
        let texts = labels.compactMapValues { $0 as? String }
        return ContainerFacts(
            id: id, name: String(name.hasPrefix("/") ? name.dropFirst() : name[...]),
            image: config["Image"] as? String ?? facts["Image"] as? String ?? "",
            state: state["Status"] as? String ?? "unknown", startedAt: (state["StartedAt"] as? String).flatMap(date),
            pid: (state["Pid"] as? NSNumber).flatMap { Int32(exactly: $0.doubleValue) }.flatMap { $0 > 0 ? $0 : nil },
            ports: ports((facts["NetworkSettings"] as? [String: Any])?["Ports"] as? [String: Any] ?? [:]),
            labels: texts.reduce(into: [:]) { $0[$1.key] = withoutSecret($1.key, $1.value) },
            project: texts["com.docker.compose.project"], service: texts["com.docker.compose.service"],
            health: ((state["Health"] as? [String: Any])?["Status"] as? String).flatMap { $0 == "none" ? nil : $0 })
    }

    /// Whether a text can be an id, so that it can be handed to `docker` as an argument.
    static func isID(_ text: String) -> Bool {
        (12...64).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || (97...102).contains($0) }
    }

    /// Labels carry settings of others, among them passwords of proxies.
    private static func withoutSecret(_ name: String, _ value: String) -> String {
        let isAuth = name.lowercased().contains("auth") && !name.contains("authors")
        return isAuth || ShownCommand.masked(["\(name)=\(value)"]) != ["\(name)=\(value)"] ? "***" : value
    }

    /// `{"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}], "9000/tcp": null}`
    private static func ports(_ ports: [String: Any]) -> [PortMapping] {
        let found = ports.flatMap { key, value -> [PortMapping] in
            let parts = key.split(separator: "/")
            guard let first = parts.first, let port = UInt16(first), port > 0 else { return [] }
            return (value as? [Any] ?? []).compactMap { binding in
                guard let binding = binding as? [String: Any], let host = (binding["HostPort"] as? String).flatMap({ UInt16($0) }), host > 0
                else { return nil }
                let address = (binding["HostIp"] as? String).flatMap { $0.isEmpty ? nil : $0 }
                return PortMapping(hostAddress: address, hostPort: Int(host), port: Int(port), isUDP: parts.count > 1 && parts[1] == "udp")
            }
        }
        return found.sorted { ($0.hostPort ?? 0, $0.hostAddress ?? "", $0.port) < ($1.hostPort ?? 0, $1.hostAddress ?? "", $1.port) }
    }

    /// `2026-11-02T08:15:04.123456789Z`; the year 1 stands for "never".
    private static func date(_ text: String) -> Date? {
        guard !text.hasPrefix("0001-") else { return nil }
        guard let dot = text.firstIndex(of: ".") else { return try? Date(text, strategy: .iso8601) }
        let digits = text[text.index(after: dot)...].prefix { $0.isNumber }
        guard let whole = try? Date(text[..<dot] + text[digits.endIndex...], strategy: .iso8601), let part = Double("0." + digits) else {
            return nil
        }
        return whole.addingTimeInterval(part)
    }

    /// Projects of `docker compose`, by name.
    static func projects(of containers: [ContainerFacts]) -> [ComposeProject] {
        var projects: [String: ComposeProject] = [:]
        for container in containers.sorted(by: { $0.name < $1.name }) {
            guard let name = container.project else { continue }
            var project = projects[name] ?? ComposeProject(name: name)
            let labels = container.labels
            for file in files(labels) where !project.files.contains(file) { project.files.append(file) }
            project.workingFolder = project.workingFolder ?? labels["com.docker.compose.project.working_dir"]
            project.environmentFile = project.environmentFile ?? labels["com.docker.compose.project.environment_file"]
            if let service = container.service { project.services = Set(project.services + [service]).sorted() }
            projects[name] = project
        }
        return projects.values.sorted { $0.name < $1.name }
    }

    /// Version 1 of compose wrote them relative to the working folder.
    private static func files(_ labels: [String: String]) -> [String] {
        let folder = labels["com.docker.compose.project.working_dir"].map { $0 + "/" } ?? ""
        let files = labels["com.docker.compose.project.config_files"]?.split(separator: ",") ?? []
        return files.map { $0.hasPrefix("/") ? String($0) : folder + $0 }
    }
}
