import AuroraModel
import AuroraSystem
import Foundation
import Testing

@testable import AuroraAdopt

@Suite("Surveying a machine")
struct SystemSurveyTests {
    @Test func everythingOfAServerIsFound() async throws {
        let facts = await SystemSurvey.take(Town.machine)
        #expect(facts.unseen.isEmpty)
        #expect(facts.host.name == "aurora")
        #expect(facts.host.system == "Debian GNU/Linux 12 (bookworm)")
        #expect(facts.host.cores == 8)
        #expect(facts.host.memoryBytes == 16_384_000)
        #expect(facts.host.isRoot && facts.host.hasSystemd)
        #expect(facts.host.enclosure == nil)
        #expect(
            facts.disks == [
                DiskFacts(mountPoint: "/", device: "/dev/vda1", fileSystem: "ext4", sizeBytes: 102_400, freeBytes: 61_440)
            ])
        #expect(facts.gpus.map(\.name) == ["NVIDIA L4"])
        #expect(facts.processes.map(\.pid) == [900, 901, 910, 920, 930, 940])
        #expect(facts.units.map(\.name) == ["backend.service", "nginx.service"])
        #expect(facts.timers.map(\.name) == ["backup.timer"])
        #expect(facts.containers.map(\.name) == ["shop-db-1", "shop-web-1"])
        #expect(facts.composeProjects.map(\.name) == ["shop"])
        #expect(
            facts.network.wireGuard == [
                WireGuardFacts(interface: "wg0", publicKey: "PUBLIC", listenPort: 51_820, file: "/etc/wireguard/wg0.conf")
            ])
        #expect(facts.network.clashes.map(\.by) == ["docker network 'shop'", "route of 'wg0'"])
        let again = try JSONDecoder().decode(SystemFacts.self, from: JSONEncoder().encode(facts))
        #expect(again == facts)
    }

    @Test func portsHaveOwners() async throws {
        let listeners = await SystemSurvey.take(Town.machine).listeners
        #expect(listeners.map(\.port) == [80, 5353, 5432, 8000, 8080, 51_820])
        let nginx = try #require(listeners[0].owner)
        #expect(nginx.pid == 900)
        #expect(nginx.unit == "nginx.service")
        #expect(nginx.startedAt == Date(timeIntervalSince1970: 1_763_888_450))
        let backend = try #require(listeners[3].owner)
        #expect(backend.arguments == ["python3", "-m", "uvicorn", "app:api", "--token", "***"])
        #expect(backend.user == "www-data")
        // Docker holds one port through its proxy; the other one it leads to the container in the kernel.
        #expect(listeners[4].owner?.container == DockerTextTests.webID)
        #expect(listeners[1] == Listener(.udp, address: "0.0.0.0", port: 5353))
        #expect(listeners[5].user == "root")
    }

    @Test func portsOfAnEngineInAnotherNetworkAreNotOnThisMachine() async {
        var machine = Town.machine
        machine.links["/proc/930/ns/net"] = "net:[2]"
        let facts = await SystemSurvey.take(machine)
        #expect(!facts.listeners.contains { $0.port == 5353 })
        #expect(facts.containers.count == 2)
    }

    @Test func aBareContainerIsFoundForWhatItIs() async {
        var machine = FakeMachine()
        machine.files = [
            "/.dockerenv": "", "/proc/1/stat": "1 (python3) S 0 1 1 0 -1 4194560 0 0 0 0 1 2 0 0 20 0 1 0 7 0 0",
            "/proc/1/cmdline": "python3\0app.py\0", "/proc/1/cgroup": "0::/\n", "/proc/self/status": "Uid:\t0\t0\t0\t0\n",
            "/proc/net/tcp": Town.header + Town.socket("00000000", "1F40", uid: 0, inode: 9),
            "/proc/meminfo": "MemTotal: 16000 kB\nMemAvailable: 9000 kB\n", "/sys/fs/cgroup/memory.max": "4096000\n",
            "/sys/fs/cgroup/memory.current": "1000000\n",
        ]
        machine.links = ["/proc/1/fd/3": "socket:[9]"]
        let facts = await SystemSurvey.take(machine)
        #expect(facts.host.enclosure == Enclosure("docker", evidence: "there is '/.dockerenv'"))
        #expect(facts.host.memoryBytes == 4_096_000)
        #expect(facts.host.memoryAvailableBytes == 3_096_000)
        #expect(!facts.host.hasSystemd)
        #expect(facts.listeners.first?.owner?.name == "python3")
        #expect(facts.units.isEmpty && facts.containers.isEmpty)
        #expect(facts.unseen.map(\.what) == ["processes outside of this container"])
    }

    @Test func aRentedPodIsKnownByItsVariables() async {
        let facts = await SystemSurvey.take(FakeMachine(), environment: ["RUNPOD_POD_ID": "x1"])
        #expect(facts.host.enclosure == Enclosure("runpod", evidence: "the variable 'RUNPOD_POD_ID' is set"))
    }

    @Test func withoutRightsItSaysWhatItCouldNotSee() async {
        var machine = Town.machine
        machine.files["/proc/self/status"] = "Uid:\t1000\t1000\t1000\t1000\n"
        machine.forbidden = ["/proc/900/fd", "/proc/901/fd", "/proc/920/fd", "/etc/wireguard"]
        let units = "backend.service backup.timer docker.service nginx.service"
        machine.commands["systemctl show --no-pager --property=\(UnitText.properties) -- \(units)"] = .done("")
        machine.commands["wg show all dump"] = .failed("Unable to access interface wg0: Operation not permitted\n")
        machine.commands["docker ps --all --quiet --no-trunc"] = .failed(
            "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock\n")
        let facts = await SystemSurvey.take(machine)
        #expect(
            facts.unseen == [
                Unseen(
                    "containers", why: "this user may not talk to the Docker engine",
                    fix: "run it as root, or as a member of the group 'docker'"),
                Unseen(
                    "peers of 'wg0'", why: "Unable to access interface wg0: Operation not permitted",
                    fix: "run it as root, with wireguard-tools installed"),
                Unseen("who holds 3 ports", why: "their processes belong to other users", fix: "run it as root"),
            ])
        #expect(facts.listeners.first { $0.port == 80 } == Listener(.tcp, address: "0.0.0.0", port: 80, user: "www-data"))
        #expect(facts.network.wireGuard == [WireGuardFacts(interface: "wg0")])
    }

    @Test func whatHangsCostsOnlyWhatItTells() async {
        var machine = Town.machine
        machine.hanging = [
            "docker ps --all --quiet --no-trunc", "df -P -k -- /",
            "systemctl list-units --all --type=service,timer --full --plain --no-legend --no-pager --output=json",
        ]
        let facts = await SystemSurvey.take(machine)
        #expect(facts.unseen.map(\.what) == ["units of systemd", "containers", "how full the disks are"])
        #expect(facts.disks == [DiskFacts(mountPoint: "/", device: "/dev/vda1", fileSystem: "ext4")])
        #expect(facts.processes.count == 6)
        #expect(facts.gpus.count == 1)
    }

    @Test func anEngineOnAnotherMachineIsNotAsked() async {
        var machine = Town.machine
        machine.commands["docker context inspect --format {{.Endpoints.docker.Host}}"] = .done("ssh://build.example\n")
        let facts = await SystemSurvey.take(machine)
        #expect(facts.containers.isEmpty)
        let why = "that engine is on another machine"
        #expect(facts.unseen.contains(Unseen("containers of 'ssh://build.example'", why: why, fix: "run 'aurora adopt' there")))
    }

    @Test func theDockerCommandWithoutAnEngineIsNothingOverlooked() async {
        var machine = FakeMachine()
        machine.commands["docker ps --all --quiet --no-trunc"] = .failed("Cannot connect to the Docker daemon at unix:///x. Is it running?")
        #expect(await SystemSurvey.take(machine).unseen.map(\.what) == ["processes and ports"])
        machine.files["/run/docker.sock"] = ""
        #expect(await SystemSurvey.take(machine).unseen.map(\.what) == ["containers", "processes and ports"])
    }

    @Test func cardsWithoutATooLAreNamed() async {
        var machine = FakeMachine()
        let card = "/sys/bus/pci/devices/0000:01:00.0"
        machine.files = [
            "\(card)/class": "0x030200\n", "\(card)/vendor": "0x10de\n", "\(card)/device": "0x2204\n",
            "/sys/bus/pci/devices/0000:00:02.0/class": "0x030000\n", "/sys/bus/pci/devices/0000:00:02.0/vendor": "0x1234\n",
        ]
        let facts = await SystemSurvey.take(machine)
        #expect(facts.gpus == [GPUReport(name: "NVIDIA GPU 0x2204", vendor: "nvidia")])
        #expect(facts.unseen.first?.what == "memory and load of 'NVIDIA GPU 0x2204'")
    }

    @Test func nothingAtAllIsNoError() async {
        let facts = await SystemSurvey.take(FakeMachine())
        #expect(facts.processes.isEmpty && facts.listeners.isEmpty && facts.network == NetworkFacts())
        #expect(facts.unseen == [Unseen("processes and ports", why: "this system has no '/proc' that could be read")])
    }
}

@Suite("Work that blocks")
struct BlockingTests {
    @Test func itsResultComesBack() async {
        #expect(await withinLimit(.seconds(30)) { 7 } == 7)
    }

    @Test func whoWaitsIsNotHeldUpByWhatHangs() async {
        let pipe = Pipe()
        // Nothing is ever written before the wait is over.
        let answer = await withinLimit(.milliseconds(20)) { pipe.fileHandleForReading.availableData.count }
        #expect(answer == nil)
        pipe.fileHandleForWriting.closeFile()
    }
}
