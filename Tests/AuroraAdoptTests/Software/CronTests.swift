import AuroraModel
import Foundation
import Testing

@testable import AuroraAdopt

struct CronTests {
    @Test(arguments: CronSample.all)
    func tableMeansWhatCronTakesItFor(_ sample: CronSample) {
        let table = CronTable(sample.text, file: "t", style: sample.style)
        #expect(table.jobs.map(CronSample.line) == sample.jobs)
        #expect(table.findings.map { "\($0.line ?? 0): \($0.reason)" } == sample.findings)
        #expect(table.findings.allSatisfy { !$0.fix.isEmpty && $0.file == "t" })
    }

    @Test func aJobKnowsItsLineAndItsRawText() throws {
        let job = try #require(
            CronTable("# c\n\n  */5 *  * * *  a b%c\n", file: "/var/spool/cron/crontabs/ann", style: .user("ann")).jobs.first)
        #expect(job.place == FilePlace("/var/spool/cron/crontabs/ann", 3))
        #expect(job.raw == "  */5 *  * * *  a b%c")
        #expect(job.scheduleText == "*/5 * * * *")
        #expect(job.mailTo == nil)
    }

    @Test(arguments: [
        ("*/20 0-6/3 1,15 feb-apr mon,wed", [0, 20, 40], [0, 3, 6], [1, 15], [2, 3, 4], [1, 3]),
        ("59 23 31 12 7", [59], [23], [31], [12], [0]),
        ("0 0 */10 * 5-7", [0], [0], [1, 11, 21, 31], Array(1...12), [0, 5, 6]),
    ])
    func fieldsAreSetsOfNumbers(
        _ text: String, _ minutes: [Int], _ hours: [Int], _ days: [Int], _ months: [Int], _ weekdays: [Int]
    ) throws {
        guard case .fields(let fields) = try CronSchedule(text) else {
            Issue.record("no fields")
            return
        }
        #expect(fields.minutes.numbers == minutes)
        #expect(fields.hours.numbers == hours)
        #expect(fields.daysOfMonth.numbers == days)
        #expect(fields.months.numbers == months)
        #expect(fields.daysOfWeek.numbers == weekdays)
    }

    @Test func aStarAtTheBeginningOfADayFieldIsRemembered() throws {
        guard case .fields(let fields) = try CronSchedule("0 0 */2 * 1") else { return }
        #expect(fields.isAnyDayOfMonth)
        #expect(!fields.isAnyDayOfWeek)
    }

    @Test(arguments: CronSchedule.nicknames.keys.sorted())
    func wordsStandForFiveFields(_ word: String) throws {
        #expect(try CronSchedule(word) == CronSchedule(try #require(CronSchedule.nicknames[word])))
    }

    @Test(arguments: [
        "", "* * * *", "* * * * * *", "@", "@Daily", "@daily x", "5/15 * * * *", "-1 * * * *", "1- * * * *", "1,,2 * * * *", "1, * * * *",
        "* * 0 * *",
        "* * * 13 *", "* * * * 8", "*/ * * * *", "*/-1 * * * *", "*/999999999999999999999 * * * *", "99999999999999999999 * * * *",
        "1-2-3 * * * *",
        "* * * january *", "* * * * monday", "٣ * * * *", "*5 * * * *", "1~9 * * * *",
    ])
    func aScheduleThatCronRefusesIsRefusedWithAFix(_ text: String) {
        let error = #expect(throws: CronProblem.self) { try CronSchedule(text) }
        #expect(error?.reason.isEmpty == false && error?.fix.isEmpty == false)
    }

    @Test func whatIsWrittenOutShowsNoSecret() throws {
        let text = "DB_PASSWORD=hunter2\nPATH=/bin\n0 0 * * * curl --token abc123 https://u:hunter2@x/ PGPASSWORD=hunter2 psql%hunter2\n"
        let job = try #require(CronTable(text, file: "t", style: .user("a")).jobs.first)
        let written = String(decoding: try JSONEncoder().encode(job), as: UTF8.self)
        #expect(!written.contains("hunter2") && !written.contains("abc123"), "\(written)")
        #expect(written.contains("\\/bin"))
        #expect(job.command.contains("abc123"))
        let again = try JSONDecoder().decode(CronJob.self, from: Data(written.utf8))
        #expect(again.schedule == job.schedule)
        #expect(again.command == job.shownCommand)
    }
}

struct CronSurveyTests {
    @Test func everyPlaceOfDebianIsRead() async {
        let facts = await CronSurvey.take(
            FakeMachine(files: [
                "/etc/debian_version": "12.5", "/etc/crontab": "0 0 * * * root a\n", "/etc/cron.d/app": "1 0 * * * www b\n",
                "/etc/cron.d/app.dpkg-old": "2 0 * * * www never\n", "/etc/cron.d/.placeholder": "",
                "/etc/cron.daily/logrotate": "#!/bin/sh",
                "/etc/cron.daily/x.sh": "#!/bin/sh", "/etc/cron.weekly/.placeholder": "", "/var/spool/cron/crontabs/ann": "3 0 * * * c\n",
                "/var/spool/cron/crontabs/bob": "@reboot d\n",
            ]), user: "root")
        #expect(facts.jobs.map { "\($0.user ?? "") \($0.command)" } == ["root a", "www b", "ann c", "bob d"])
        #expect(facts.scripts == [CronScript(path: "/etc/cron.daily/logrotate", period: "daily")])
        #expect(facts.findings.map(\.file) == ["/etc/cron.d/app.dpkg-old"])
        #expect(facts.unseen.isEmpty)
    }

    @Test func tablesOfRedHatAreRead() async {
        let facts = await CronSurvey.take(
            FakeMachine(files: ["/var/spool/cron/ann": "0 0 * * * a\n", "/etc/cron.d/x.y": "0 0 * * * root b\n", "/etc/cron.d/x~": "bad"]),
            user: nil)
        #expect(facts.jobs.map(\.command) == ["b", "a"])
    }

    @Test func whoMayNotLookIsToldAndSeesTheOwnTable() async {
        var machine = FakeMachine(files: ["/var/spool/cron/crontabs/ann": "0 0 * * * a\n"], forbidden: ["/var/spool/cron/crontabs"])
        machine.commands["crontab -l"] = .done("5 5 * * * mine\n")
        let facts = await CronSurvey.take(machine, user: "ann")
        #expect(facts.jobs.map { "\($0.user ?? "") \($0.command)" } == ["ann mine"])
        #expect(facts.unseen.map(\.what) == ["crontabs of other users in '/var/spool/cron/crontabs'"])
    }
}

struct TimerTests {
    static let files = [
        "/etc/systemd/system/backup.timer":
            "[Unit]\nDescription=Nightly\n[Timer]\nOnCalendar=*-*-* 03:00\n# c\nPersistent=true\nRandomizedDelaySec=5m\n[Install]\nWantedBy=timers.target\n",
        "/etc/systemd/system/backup.service":
            "[Service]\nUser=ann\nWorkingDirectory=/srv\nExecStart=/usr/bin/pg_dump --password=hunter2 \\\n  # in between\n  db\n",
        "/etc/systemd/system/backup.timer.d/more.conf": "[Timer]\nOnCalendar=\nOnCalendar=hourly\nOnBootSec=5min\n",
        "/usr/lib/systemd/system/scan@.timer": "[Timer]\nOnUnitActiveSec=1h\nUnit=scan-all.service\n",
        "/etc/systemd/system/timers.target.wants/backup.timer": "",
    ]

    @Test func systemdTellsItsTimersAndFilesWhatTheyDo() async throws {
        var machine = FakeMachine(files: Self.files)
        machine.commands["systemctl list-timers --all --output=json --no-pager"] = .done(
            #"[{"next":1763888400000000,"left":1,"last":null,"passed":0,"unit":"backup.timer","activates":"backup.service"},{"next":null,"unit":"scan@a.timer","activates":"scan@a.service"},{"unit":"run-u1.timer","activates":"run-u1.service"}]"#
        )
        let (timers, unseen) = await TimerSurvey.take(machine)
        #expect(timers.map(\.name) == ["backup.timer", "scan@a.timer", "run-u1.timer"])
        let backup = try #require(timers.first)
        #expect(backup.calendars == ["hourly"])
        #expect(backup.intervals == ["OnBootSec=5min"])
        #expect(backup.isPersistent && backup.isActive == true && backup.randomDelay == "5m")
        #expect(backup.commands == ["/usr/bin/pg_dump --password=***  db"])
        #expect(backup.user == "ann" && backup.workingFolder == "/srv" && backup.description == "Nightly")
        #expect(backup.files.count == 3)
        #expect(timers[1].unit == "scan-all.service")
        #expect(timers[1].intervals == ["OnUnitActiveSec=1h"])
        #expect(unseen.isEmpty)
    }

    @Test func withoutSystemctlTheFilesThatAreSwitchedOnTell() async {
        let (timers, _) = await TimerSurvey.take(FakeMachine(files: Self.files))
        #expect(timers.map(\.name) == ["backup.timer"])
        #expect(timers.first?.isActive == nil)
    }

    @Test(arguments: ["", "0 timers listed.", "[", "]", "[{]", "[{\"unit\": 5}]", "{\"unit\":\"a\"}"])
    func anotherAnswerIsNoList(_ output: String) { #expect(TimerSurvey.parse(output) == nil) }
}
