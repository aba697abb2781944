import Testing

@testable import AuroraAdopt

@Suite("Where a process belongs")
struct CgroupTextTests {
    private static let id = "3f4e1c0d9b8a7f6e5d4c3b2a1908f7e6d5c4b3a291807f6e5d4c3b2a19081726"

    @Test(arguments: [
        ("0::/system.slice/nginx.service\n", "nginx.service"),
        ("0::/system.slice/system-postgresql.slice/postgresql@15-main.service\n", "postgresql@15-main.service"),
        ("0::/system.slice/cups.service/sub\n", "cups.service"),
        // A user's own manager.
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/backend.service\n", "backend.service"),
        ("0::/user.slice/user-1000.slice/user@1000.service/init.scope\n", "user@1000.service"),
        // Both versions at once: systemd has a hierarchy of its own.
        ("12:pids:/system.slice/redis-server.service\n1:name=systemd:/system.slice/redis-server.service\n0::/\n", "redis-server.service"),
        // A name that the kernel could mistake.
        ("0::/system.slice/_cpu.service\n", "cpu.service"),
    ])
    func servicesAreNamed(text: String, unit: String) { #expect(CgroupText.place(text) == CgroupPlace(unit: unit)) }

    @Test(arguments: [
        "0::/system.slice/docker-\(id).scope", "0::/docker/\(id)", "11:cpuset:/docker/\(id)\n1:name=systemd:/docker/\(id)\n0::/",
        "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod6f1c_2.slice/cri-containerd-\(id).scope",
        "4:memory:/kubepods/besteffort/pod1b2c3d4e-1111-2222-3333-444455556666/\(id)",
        "0::/machine.slice/libpod-\(id).scope/container", "0::/system.slice/crio-\(id).scope",
        "0::/system.slice/containerd.service/kubepods-burstable-pod6f1c.slice:cri-containerd:\(id)", "0::/../../docker/\(id)",
        "0::/docker/\(id)/system.slice/nginx.service",
    ])
    func containersAreNamed(text: String) { #expect(CgroupText.place(text).container == Self.id) }

    @Test func aUnitInsideAContainerIsNotOneOfThisMachine() {
        #expect(CgroupText.place("0::/docker/\(Self.id)/system.slice/nginx.service").unit == nil)
        let quadlet = CgroupText.place("0::/system.slice/web.service/libpod-payload-\(Self.id)")
        #expect(quadlet == CgroupPlace(unit: "web.service", container: Self.id))
    }

    @Test func systemContainersHaveNames() {
        #expect(CgroupText.place("0::/lxc.payload.mail/system.slice/x.service") == CgroupPlace(container: "mail"))
        #expect(CgroupText.place("0::/machine.slice/machine-build.scope") == CgroupPlace(container: "build"))
    }

    @Test(arguments: [
        "", "0::/", "\n", "0::", ":::", "0:/", "9:name=systemd:/\n0::/\n", "0::/user.slice/user-0.slice/session-3.scope", "0::/docker/abc",
        "0::/machine.slice", "0::/lxc.payload.", "0::/docker/" + String(repeating: "g", count: 64), "no cgroup at all",
    ])
    func othersBelongNowhere(text: String) { #expect(CgroupText.place(text) == CgroupPlace()) }

    @Test func theOwnContainerIsKnownByTheFilesMountedIntoIt() {
        let mounts = """
            700 612 0:55 / / rw,relatime - overlay overlay rw,lowerdir=/var/lib/docker/overlay2/l/AB
            712 700 8:1 /var/lib/docker/containers/\(Self.id)/hostname /etc/hostname rw,relatime - ext4 /dev/sda1 rw
            """
        #expect(CgroupText.ownContainer(mountinfo: mounts) == Self.id)
        #expect(CgroupText.ownContainer(mountinfo: "1 2 8:1 / / rw - ext4 /dev/sda1 rw\n\nx") == nil)
    }
}
