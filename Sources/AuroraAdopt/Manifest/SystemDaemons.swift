import AuroraModel

/// What belongs to the operating system: listed, and not kept as a service.
enum SystemDaemons {
    private static let names: Set<String> = [
        "sshd", "systemd", "init", "dbus-daemon", "dbus-broker", "chronyd", "ntpd", "cupsd", "cups-browsed", "avahi-daemon", "rpcbind",
        "rpc.statd", "rpc.mountd", "master", "exim4", "sendmail", "dhclient", "dhcpcd", "NetworkManager", "wpa_supplicant", "containerd",
        "dockerd", "podman", "dnsmasq", "unbound", "cron", "crond", "atd", "rsyslogd", "polkitd", "snapd", "multipathd", "iscsid", "auditd",
        "agetty", "udisksd", "ModemManager", "tailscaled", "wireguard-go", "fail2ban-server", "getty",
    ]

    /// Where no owner is seen, the port has to tell: SSH, mail, names, time, RPC, printing.
    private static let ports: Set<Int> = [22, 25, 53, 68, 111, 123, 323, 465, 546, 587, 631, 5353, 5355]

    static func contain(_ holder: Holder) -> Bool {
        if case .unknown(let port) = holder.kind { return ports.contains(port) }
        guard let process = holder.process else { return false }
        return names.contains(process.name) || process.name.hasPrefix("systemd-") || process.name.hasPrefix("(sd-")
    }
}

/// What this or another Aurora runs on this machine.
struct OwnProcesses {
    private let processes: [Int32: ProcessFacts]

    init(_ processes: [ProcessFacts]) {
        self.processes = Dictionary(processes.map { ($0.pid, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func contain(_ holder: Holder) -> Bool {
        if case .container(let container) = holder.kind { return container.labels.keys.contains { $0.hasPrefix("aurora.") } }
        return holder.process.map(contain) ?? false
    }

    /// Whether it is a node, or was started by one. Parents are followed so far only, since ids come again.
    func contain(_ process: ProcessFacts) -> Bool {
        var next: ProcessFacts? = process
        for _ in 0..<32 {
            guard let current = next else { return false }
            if current.name == "aurora" || current.executable?.hasSuffix("/aurora") == true { return true }
            next = current.parent.flatMap { processes[$0] }
        }
        return false
    }
}
