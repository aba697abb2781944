import AuroraModel
import Testing

@testable import AuroraAdopt

/// Crontabs in the styles that are found in public projects: every job as `user|schedule|command|stdin|environment`, every finding
/// as `line: reason`.
struct CronSample: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var style: CronTable.Style
    var text: String
    var jobs: [String]
    var findings: [String] = []

    init(_ name: String, _ text: String, style: CronTable.Style = .user("ann"), _ jobs: [String], findings: [String] = []) {
        (testDescription, self.style, self.text, self.jobs, self.findings) = (name, style, text, jobs, findings)
    }

    static func line(_ job: CronJob) -> String {
        let environment = job.environment.map { "\($0.name)=\($0.value.reveal())" }.joined(separator: ",")
        return [job.user ?? "", job.scheduleText, job.command, job.stdin ?? "", environment].joined(separator: "|")
    }
}

extension CronSample {
    static let all: [CronSample] = [
        CronSample("one job", "*/5 * * * * /opt/aurora/sync.sh\n", ["ann|*/5 * * * *|/opt/aurora/sync.sh||"]),
        CronSample(
            "comments and blank lines", "# m h dom mon dow command\n\n   # indented\n0 3 * * * backup # kept: part of the command\n",
            ["ann|0 3 * * *|backup # kept: part of the command||"]),
        CronSample(
            "environment lines",
            "SHELL=/bin/bash\nPATH = /usr/local/bin:/usr/bin\nMAILTO=\"\"\n0 0 * * * a\nMAILTO=ops@example.com\n0 1 * * * b\n",
            [
                "ann|0 0 * * *|a||SHELL=/bin/bash,PATH=/usr/local/bin:/usr/bin,MAILTO=",
                "ann|0 1 * * *|b||SHELL=/bin/bash,PATH=/usr/local/bin:/usr/bin,MAILTO=ops@example.com",
            ]),
        CronSample(
            "quotes around names and values", "\"A\"='x y'\n'B' =  \" lead\"\nC=it's \"half\" quoted  \n@daily env\n",
            ["ann|@daily|env||A=x y,B= lead,C=it's \"half\" quoted"]),
        CronSample(
            "words for schedules", "@reboot /opt/start.sh\n@hourly a\n@midnight b\n@annually c\n@weekly d\n",
            ["ann|@reboot|/opt/start.sh||", "ann|@hourly|a||", "ann|@midnight|b||", "ann|@annually|c||", "ann|@weekly|d||"]),
        CronSample(
            "a percent sign begins the input", "0 8 * * 1 mail -s hello bob%Dear Bob,%%bye%\n",
            ["ann|0 8 * * 1|mail -s hello bob|Dear Bob,\n\nbye\n|"]),
        CronSample(
            "percent signs that are escaped", "0 0 * * * tar czf /b/$(date +\\%Y-\\%m-\\%d).tgz /srv%in\\%put\n",
            ["ann|0 0 * * *|tar czf /b/$(date +%Y-%m-%d).tgz /srv|in%put\n|"]),
        CronSample(
            "a backslash before a backslash", "0 0 * * * echo a\\\\%b\\\\c\n", ["ann|0 0 * * *|echo a\\\\|b\\\\c\n|"]),
        CronSample("names of months and days", "15 14 1 jan,JUL mon-Fri report\n", ["ann|15 14 1 jan,JUL mon-Fri|report||"]),
        CronSample("lists, ranges, steps", "0,30 8-18/2 1-7,15 */3 0-7 x\n", ["ann|0,30 8-18/2 1-7,15 */3 0-7|x||"]),
        CronSample("tabs between fields", "\t5\t4\t*\t*\tsun\tsh -c 'a;  b'\n", ["ann|5 4 * * sun|sh -c 'a;  b'||"]),
        CronSample(
            "the system's table",
            "SHELL=/bin/sh\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n25 6 * * * root test -x /usr/sbin/anacron || { cd / && run-parts /etc/cron.daily; }\n",
            style: .system,
            [
                "root|17 * * * *|cd / && run-parts --report /etc/cron.hourly||SHELL=/bin/sh",
                "root|25 6 * * *|test -x /usr/sbin/anacron || { cd / && run-parts /etc/cron.daily; }||SHELL=/bin/sh",
            ]),
        CronSample("a system's word", "@reboot www-data /srv/app/start\n", style: .system, ["www-data|@reboot|/srv/app/start||"]),
        CronSample("a zone", "CRON_TZ=Europe/Berlin\n0 9 * * * standup\n", ["ann|0 9 * * *|standup||CRON_TZ=Europe/Berlin"]),
        CronSample(
            "locks and logs", "* * * * * cd /srv/app && flock -n /tmp/l venv/bin/python manage.py run >> /var/log/app.log 2>&1\n",
            ["ann|* * * * *|cd /srv/app && flock -n /tmp/l venv/bin/python manage.py run >> /var/log/app.log 2>&1||"]),
        CronSample(
            "an assignment before the command is part of it", "0 0 * * * FOO=bar run\nA = \n", ["ann|0 0 * * *|FOO=bar run||"],
            findings: ["2: 'A = ' is no job and sets no variable"]),
        CronSample(
            "lines that are wrong cost only themselves",
            "61 * * * * a\n* * * * *\n* * * * b\n5 0 * * * ok\n@fortnightly c\n*/0 * * * * d\n",
            ["ann|5 0 * * *|ok||"],
            findings: [
                "1: minute '61' holds '61', outside of 0 to 59", "2: no command follows the schedule",
                "3: day of week 'b' holds 'b'", "5: '@fortnightly' is no word that cron knows", "6: minute '*/0' holds the step '0'",
            ]),
        CronSample(
            "a user is missing", "0 0 * * * onlyone\n@daily\n0 0 * * *\n", style: .system, [],
            findings: [
                "1: no command follows the user 'onlyone'", "2: no user and no command follow the schedule",
                "3: no user and no command follow the schedule",
            ]),
        CronSample(
            "ranges that run backwards and names in the wrong field", "0 22-6 * * * a\nmon 0 * * * b\n0 0 31-40 * * c\n0 0 * * sun-sat d\n",
            ["ann|0 0 * * sun-sat|d||"],
            findings: [
                "1: hour '22-6' holds the range '22-6', which runs backwards", "2: minute 'mon' holds 'mon'",
                "3: day of month '31-40' holds '31-40', outside of 1 to 31",
            ]),
        CronSample(
            "no line end, Windows line ends", "0 0 * * * a\r\n0 1 * * * b", ["ann|0 0 * * *|a\r||", "ann|0 1 * * *|b||"],
            findings: [
                "1: the line ends with a carriage return, which becomes part of the command",
                "2: the last line does not end with a line end, and cron may refuse the file for it",
            ]),
        CronSample("nothing", "", []),
        CronSample(
            "text that is no crontab", "hello\n{ \"json\": true }\n", [],
            findings: [
                "1: 'hello' is no job and sets no variable", "2: '{ \"json\": true }' is no job and sets no variable",
            ]),
    ]
}
