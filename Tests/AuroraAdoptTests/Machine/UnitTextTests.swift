import AuroraModel
import Testing

@testable import AuroraAdopt

@Suite("What systemctl says")
struct UnitTextTests {
    private static let wanted = [
        ListedUnit(name: "nginx.service", state: "active", description: "A high performance web server"),
        ListedUnit(name: "backup.timer", state: "active", description: "Nightly backup"),
        ListedUnit(name: "mail-sync.service", state: "failed", description: "Mail sync"),
    ]

    @Test func unitsAsJSON() {
        let json = """
            [{"unit":"nginx.service","load":"loaded","active":"active","sub":"running","description":"A high performance web server"},
            {"unit":"backup.timer","load":"loaded","active":"active","sub":"waiting","description":"Nightly backup"},
            {"unit":"mail-sync.service","load":"loaded","active":"failed","sub":"failed","description":"Mail sync"},
            {"unit":"auditd.service","load":"not-found","active":"inactive","sub":"dead","description":"auditd.service"},
            {"unit":"dev-sda.device","load":"loaded","active":"active"},{"unit":3},{"active":"x"},7,
            {"unit":"--help.service","load":"loaded","active":"active"}]
            """
        #expect(UnitText.listed(json) == Self.wanted)
    }

    /// Versions before 246 write a table whatever they are asked for.
    @Test func unitsAsATable() {
        let table = """
              nginx.service                      loaded    active   running A high performance web server
              backup.timer                       loaded    active   waiting Nightly backup
            ● mail-sync.service                  loaded    failed   failed  Mail sync
            ● auditd.service                     not-found inactive dead    auditd.service

            LOAD   = Reflects whether the unit definition was properly loaded.
            """
        #expect(UnitText.listed(table) == Self.wanted)
    }

    @Test func whatAUnitIsMadeOf() {
        let text = """
            Id=backend.service
            Description=FastAPI backend = the old one
            LoadState=loaded
            ActiveState=active
            UnitFileState=enabled
            MainPID=812
            FragmentPath=/etc/systemd/system/backend.service
            DropInPaths=/etc/systemd/system/backend.service.d/a.conf /etc/systemd/system/backend.service.d/my\\x20own.conf

            Id=backup.timer
            Description=
            ActiveState=active
            UnitFileState=
            MainPID=0
            FragmentPath=

            Id=gone.service
            LoadState=not-found
            ActiveState=inactive

            nonsense
            Id=no-state.service
            """
        #expect(
            UnitText.shown(text) == [
                UnitFacts(
                    name: "backend.service", description: "FastAPI backend = the old one", state: "active", enablement: "enabled",
                    mainPid: 812,
                    files: [
                        "/etc/systemd/system/backend.service", "/etc/systemd/system/backend.service.d/a.conf",
                        "/etc/systemd/system/backend.service.d/my own.conf",
                    ]),
                UnitFacts(name: "backup.timer", state: "active"),
            ])
    }

    @Test(arguments: [
        "", "[", "[]", "{}", "null", "System has not been booted with systemd as init system (PID 1). Can't operate.", "a b c",
    ])
    func garbageIsNoUnit(text: String) {
        #expect(UnitText.listed(text).isEmpty)
        #expect(UnitText.shown(text).isEmpty)
    }
}
