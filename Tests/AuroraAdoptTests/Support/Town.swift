import AuroraSystem

@testable import AuroraAdopt

/// A server that somebody set up by hand: nginx, a backend, PostgreSQL of another user, Docker with a compose project.
enum Town {
    static let header = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"

    static func socket(_ address: String, _ port: String, uid: Int, inode: Int, state: String = "0A") -> String {
        "   0: \(address):\(port) 00000000:0000 \(state) 00000000:00000000 00:00000000 00000000 \(uid) 0 \(inode) 1 0 100 0 0 10 0\n"
    }

    static var machine: FakeMachine {
        var machine = FakeMachine()
        machine.files = [
            "/etc/passwd": "root:x:0:0::/root:/bin/sh\nwww-data:x:33:33::/var/www:/bin/sh\npostgres:x:101:105::/:/bin/sh\n",
            "/etc/os-release": "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            "/proc/sys/kernel/hostname": "aurora\n", "/proc/sys/kernel/osrelease": "6.1.0-18-amd64\n", "/proc/sys/kernel/arch": "x86_64\n",
            "/proc/self/status": "Uid:\t0\t0\t0\t0\nCpus_allowed_list:\t0-7\n",
            "/proc/meminfo": "MemTotal: 16000 kB\nMemAvailable: 9000 kB\n", "/proc/stat": "btime 1763888400\n",
            "/proc/self/mounts": "/dev/vda1 / ext4 rw 0 0\n", "/etc/wireguard/wg0.conf": "[Interface]\n",
            "/etc/systemd/system/backend.service": "[Service]\n", "/etc/systemd/system/app@.service": "[Service]\n",
            "/proc/net/route":
                "Iface Destination Gateway Flags RefCnt Use Metric Mask\nwg0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\n",
            "/proc/net/tcp": header + socket("00000000", "0050", uid: 33, inode: 100) + socket("0100007F", "1F40", uid: 33, inode: 200)
                + socket("0100007F", "1538", uid: 101, inode: 300) + socket("00000000", "1F90", uid: 0, inode: 400),
            "/proc/net/udp": header + socket("00000000", "CA6C", uid: 0, inode: 0, state: "07"),
            "/sys/class/net/wg0/uevent": "DEVTYPE=wireguard\nINTERFACE=wg0\n", "/sys/class/net/lo/uevent": "INTERFACE=lo\n",
        ]
        machine.folders = ["/run/systemd/system", "/"]
        machine.links["/proc/self/ns/net"] = "net:[1]"
        add(&machine, pid: 2, "kthreadd", flags: 0x20_8040, ticks: 1, uid: 0)
        add(&machine, pid: 900, "nginx", command: "nginx: master process", ticks: 5_000, uid: 0, cgroup: "nginx.service", sockets: [100])
        add(&machine, pid: 901, "nginx", command: "nginx: worker process", ticks: 5_001, uid: 33, cgroup: "nginx.service", sockets: [100])
        add(
            &machine, pid: 910, "python3", command: "python3\0-m\0uvicorn\0app:api\0--token\0hunter2", ticks: 6_000, uid: 33,
            cgroup: "backend.service", sockets: [200])
        add(
            &machine, pid: 920, "postgres", command: "postgres", ticks: 4_000, uid: 101, cgroup: "postgresql@15-main.service",
            sockets: [300])
        add(&machine, pid: 930, "dockerd", command: "/usr/bin/dockerd", ticks: 4_100, uid: 0, cgroup: "docker.service")
        add(&machine, pid: 940, "docker-proxy", command: "docker-proxy", ticks: 7_000, uid: 0, cgroup: "docker.service", sockets: [400])
        add(&machine, pid: 950, "defunct", state: "Z", ticks: 9_000, uid: 0)
        addCommands(&machine)
        return machine
    }

    private static func add(
        _ machine: inout FakeMachine, pid: Int, _ name: String, command: String = "", state: String = "S", flags: Int = 0x40_0040,
        ticks: Int, uid: Int, cgroup: String? = nil, sockets: [Int] = []
    ) {
        let folder = "/proc/\(pid)"
        machine.files["\(folder)/stat"] = "\(pid) (\(name)) \(state) 1 1 1 0 -1 \(flags) 0 0 0 0 1 2 0 0 20 0 1 0 \(ticks) 0 0\n"
        machine.files["\(folder)/cmdline"] = command + "\0\0"
        machine.files["\(folder)/status"] = "Name:\t\(name)\nUid:\t\(uid)\t\(uid)\t\(uid)\t\(uid)\n"
        machine.files["\(folder)/cgroup"] = "0::/system.slice/\(cgroup ?? "x.scope")\n"
        machine.links["\(folder)/ns/net"] = "net:[1]"
        machine.links["\(folder)/fd/0"] = "/dev/null"
        for (place, inode) in sockets.enumerated() { machine.links["\(folder)/fd/\(place + 3)"] = "socket:[\(inode)]" }
    }

    private static func addCommands(_ machine: inout FakeMachine) {
        let ids = "\(DockerTextTests.webID) \(DockerTextTests.databaseID)"
        let network = String(repeating: "c3", count: 32)
        let units = "backend.service backup.timer docker.service nginx.service postgresql@15-main.service"
        machine.commands = [
            "docker context inspect --format {{.Endpoints.docker.Host}}": .done("unix:///var/run/docker.sock\n"),
            "docker ps --all --quiet --no-trunc": .done(ids.replacing(" ", with: "\n") + "\n"),
            "docker inspect --type container \(ids)": .done(DockerTextTests.json),
            "docker network ls --quiet --no-trunc": .done("\(network)\n"),
            "docker network inspect \(network)": .done(#"[{"Name":"shop","IPAM":{"Config":[{"Subnet":"10.0.0.64/26"}]}}]"#),
            "systemctl list-units --all --type=service,timer --full --plain --no-legend --no-pager --output=json": .done(
                """
                [{"unit":"nginx.service","load":"loaded","active":"active","description":"web"},
                {"unit":"backup.timer","load":"loaded","active":"inactive","description":"b"},
                {"unit":"idle.service","load":"loaded","active":"inactive","description":"i"}]
                """),
            "systemctl show --no-pager --property=\(UnitText.properties) -- \(units)": .done(
                """
                Id=nginx.service
                ActiveState=active
                MainPID=900

                Id=backend.service
                ActiveState=active
                FragmentPath=/etc/systemd/system/backend.service

                Id=backup.timer
                ActiveState=inactive
                """),
            "wg show all dump": .done("wg0\tPRIVATE\tPUBLIC\t51820\toff\n"),
            "df -P -k -- /": .done("Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/vda1 100 40 60 40% /\n"),
            "nvidia-smi --query-gpu=index,name,memory.total,memory.used,utilization.gpu,temperature.gpu --format=csv,noheader,nounits":
                .done("0, NVIDIA L4, 23034, 512, 7, 41\n"),
        ]
    }
}
