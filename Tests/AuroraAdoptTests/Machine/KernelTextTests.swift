import Foundation
import Testing

@testable import AuroraAdopt

@Suite("Small files of the kernel")
struct KernelTextTests {
    @Test func startOfTheMachine() {
        #expect(KernelText.bootTime(stat: "cpu  1 2 3\nbtime 1763888400\nprocesses 9\n") == Date(timeIntervalSince1970: 1_763_888_400))
        for text in ["", "btime", "btime x", "btime 1e999", "xbtime 1"] { #expect(KernelText.bootTime(stat: text) == nil) }
    }

    @Test func memoryIsToldInKibibytes() {
        let text = "MemTotal:       24684084 kB\nMemFree:        22432412 kB\nMemAvailable:   23485116 kB\n"
        #expect(KernelText.memory("MemTotal", meminfo: text) == 25_276_502_016)
        #expect(KernelText.memory("MemAvailable", meminfo: text) == 24_048_758_784)
        for text in ["", "MemTotal: 1", "MemTotal: -1 kB", "MemTotal: 9223372036854775807 kB", "MemTotal: 1 MB", "MemTotal:"] {
            #expect(KernelText.memory("MemTotal", meminfo: text) == nil)
        }
    }

    @Test(arguments: [("0", 1), ("0-3", 4), ("0-1,4,8-11\n", 7)])
    func cores(list: String, count: Int) { #expect(KernelText.count(list: list) == count) }

    @Test(arguments: ["", "-", "3-1", "a", "0-70000", "1-2-3", "0,,1"])
    func garbageIsNoListOfCores(list: String) { #expect(KernelText.count(list: list) == nil) }

    @Test func usersOfAProcess() throws {
        let users = try #require(KernelText.users(status: "Name:\tnginx\nUid:\t0\t33\t33\t33\nGid:\t33\t33\t33\t33\n"))
        #expect(users.real == 0 && users.effective == 33)
        for text in ["", "Uid:", "Uid: 1", "Uid: x y", "Uid: -1 5"] { #expect(KernelText.users(status: text) == nil) }
    }

    @Test func namesOfUsers() {
        let text = "root:x:0:0:root:/root:/bin/bash\n# comment\ntoor:x:0:0::/:\nwww-data:x:33:33:www-data:/var/www:/bin/sh\n:x:5:5::\nx:y\n"
        #expect(KernelText.names(passwd: text) == [0: "root", 33: "www-data"])
    }

    @Test(arguments: [
        ("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=x", "Debian GNU/Linux 12 (bookworm)"),
        ("NAME=Alpine\nPRETTY_NAME='Alpine Linux v3.20'\r\n", "Alpine Linux v3.20"), ("PRETTY_NAME=Arch\n", "Arch"),
    ])
    func nameOfTheSystem(text: String, name: String) { #expect(KernelText.release("PRETTY_NAME", in: text) == name) }

    @Test(arguments: ["", "PRETTY_NAME", "PRETTY_NAME=", "PRETTY_NAME=\"\""])
    func aSystemWithoutANameHasNone(text: String) { #expect(KernelText.release("PRETTY_NAME", in: text) == nil) }
}

@Suite("Disks")
struct DiskTextTests {
    @Test func onlyDisksOfThisMachineCount() {
        let mounts = """
            sysfs /sys sysfs rw 0 0
            proc /proc proc rw 0 0
            udev /dev devtmpfs rw 0 0
            tmpfs /run tmpfs rw 0 0
            /dev/mapper/vg-root / ext4 rw,relatime 0 0
            /dev/sda1 /boot/efi vfat rw 0 0
            /dev/sda1 /mnt/again vfat rw 0 0
            /dev/loop3 /snap/core/1 squashfs ro 0 0
            tank/data /tank zfs rw 0 0
            /dev/sdb1 /mnt/my\\040disk xfs rw 0 0
            nas:/export /mnt/nas nfs4 rw,hard 0 0
            //nas/share /mnt/share cifs rw 0 0
            bob@host:/ /mnt/sshfs fuse.sshfs rw 0 0
            overlay /var/lib/docker/overlay2/x/merged overlay rw 0 0
            broken
            """
        let disks = DiskText.disks(mounts: mounts)
        #expect(disks.map(\.mountPoint) == ["/", "/boot/efi", "/mnt/my disk", "/tank"])
        #expect(disks.map(\.fileSystem) == ["ext4", "vfat", "xfs", "zfs"])
    }

    @Test func theRootOfAContainerIsADisk() {
        let mounts = "overlay / overlay rw 0 0\nproc /proc proc rw 0 0\n/dev/vda1 /etc/hosts ext4 rw 0 0\n"
        #expect(DiskText.disks(mounts: mounts).map(\.mountPoint) == ["/", "/etc/hosts"])
    }

    @Test func sizesAreReadAroundThePercentage() {
        let df = """
            Filesystem           1024-blocks      Used Available Capacity Mounted on
            /dev/vda               264212084  31997060  67068552      33% /
            //nas/my share            100000     50000     50000      50% /mnt/my disk
            tank/data                   1000         0      1000       - /tank
            short 1 2
            bad x y z 5% /bad
            """
        let sizes = DiskText.sizes(df: df)
        #expect(sizes.keys.sorted() == ["/", "/mnt/my disk", "/tank"])
        #expect(sizes["/"]?.size == 270_553_174_016)
        #expect(sizes["/"]?.free == 68_678_197_248)
        #expect(sizes["/mnt/my disk"]?.free == 51_200_000)
    }

    @Test(arguments: [("a\\040b", "a b"), ("a\\134", "a\\"), ("a\\9", "a\\9"), ("a\\777b", "a\\777b"), ("\\", "\\")])
    func escapesOfTheMountTable(text: String, path: String) { #expect(DiskText.unescaped(text[...]) == path) }
}
